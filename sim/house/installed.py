# SPDX-License-Identifier: Apache-2.0
"""A gateway that was installed, however that was: what its owner asks it, and whether it works."""

import json
from abc import ABC, abstractmethod

from .carrier import ONE_NUMBER, Carrier
from .house import STRANGER


class Installed(ABC):
    @abstractmethod
    def says(self, *words: str) -> str:
        """What `mmsgate WORDS` prints where it is installed; it must end well."""

    def peers(self) -> list[str]:
        """Whose messages it has, the newest first."""
        return [each["peer"] for each in json.loads(self.says("messages", "list", "--json"))]

    def takes_the_first_message(self, carrier: Carrier) -> None:
        carrier.set_webhook(json.loads(self.says("hook", "show", "--json"))[-1]["url"])
        assert carrier.incoming(STRANGER, ONE_NUMBER, "the first")
        assert self.peers() == [STRANGER]
