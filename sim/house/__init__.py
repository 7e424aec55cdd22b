# SPDX-License-Identifier: Apache-2.0
"""A household of real processes for tests, the sandbox and the bench: carrier, proxy, gateway, phones."""
