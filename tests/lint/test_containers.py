# SPDX-License-Identifier: Apache-2.0
"""The containers' files, without Docker: what they name is there, and they keep to the rules for such files."""
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import yaml

from project import ROOT, report

COMPOSE = ROOT / "compose.yaml"
# Of the Compose specification, what a service may have (docs.docker.com/reference/compose-file/services).
SERVICE_KEYS = set("build cap_add cap_drop command configs container_name depends_on devices dns entrypoint env_file environment expose "
                   "extra_hosts group_add healthcheck hostname image init ipc labels logging mem_limit network_mode networks pid pids_limit "
                   "ports profiles pull_policy read_only restart secrets security_opt shm_size stop_grace_period stop_signal sysctls tmpfs "
                   "ulimits user userns_mode volumes working_dir".split())
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
MMSGATE = Path(os.environ.get("MMSGATE_BUILD", ROOT / "build/dev")) / "src/mmsgate"


def instructions() -> list[tuple[str, str]]:
    """(FROM, debian:...) and so on: a line that ends in a backslash goes on, comments are no part."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.lstrip().startswith("#")]
    whole = re.sub(r"\\\n", " ", "\n".join(lines))
    return [(word, rest.strip()) for line in whole.splitlines() if line.strip() for word, _, rest in [line.partition(" ")]]


def of(word: str, since: int = 0) -> list[str]:
    return [rest for each, rest in instructions()[since:] if each == word]


def last_stage() -> int:
    return max(n for n, (word, _) in enumerate(instructions()) if word == "FROM")


def installed_at_last() -> set[str]:
    found: set[str] = set()
    for run in of("RUN", last_stage()):
        for command in re.split(r"&&|;", run):
            words = [word for word in command.split() if "=" not in word]
            if words[:2] == ["apt-get", "install"]:
                found |= {word for word in words[2:] if not word.startswith("-")}
    return found


# The Dockerfile

def test_each_stage_names_its_base_with_a_version():
    bases = [rest.split()[0] for rest in of("FROM")]
    assert len(bases) == 2, "one that builds, one that runs"
    report([f"FROM {base}: which version?" for base in bases if ":" not in base or base.endswith(":latest")])


def test_packages_are_installed_lean_and_lists_removed():
    wrong = []
    for run in of("RUN"):
        if "apt-get install" in run and not ("--no-install-recommends" in run and "-y" in run):
            wrong.append(f"RUN {run}: -y --no-install-recommends")
        if ("apt-get" in run or "install-dependencies" in run) and "rm -rf /var/lib/apt/lists/*" not in run:
            wrong.append(f"RUN {run}: leaves apt's lists in the layer")
        if "apt-get install" in run and "apt-get update" not in run:
            wrong.append(f"RUN {run}: installs by lists of an older layer")
        if re.search(r"\b(sudo|curl|wget)\b", run) or "apt-get upgrade" in run:
            wrong.append(f"RUN {run}: what is that for?")
    wrong += [f"ADD {rest}: use COPY" for rest in of("ADD")]
    report(wrong)


def test_it_runs_as_nobody_much():
    users = of("USER", last_stage())
    assert users and re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", users[-1]), "a number, so that it can be told from outside"
    assert f"--uid {users[-1].split(':')[0]} " in " ".join(of("RUN", last_stage()))


def test_no_secret_is_in_a_layer():
    for word in ("ENV", "ARG"):
        report([f"{word} {rest}" for rest in of(word) if re.search(r"pass|secret|token|apipw|key", rest, re.I)])
    copied = [source for rest in of("COPY") if "--from" not in rest for source in rest.split()[:-1]]
    assert copied and "." not in copied, "name what is copied"
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored, "nothing reaches the builder that is not named"
    report([f"COPY {source}: .dockerignore keeps it away" for source in copied if f"!{source}" not in ignored])
    report([f"COPY {source}: is not there" for source in copied if not (ROOT / source).exists()])


def package_of(file: Path) -> str:
    """Of a library; dpkg may know it by its name before /lib became a link to /usr/lib."""
    for spelled in (str(file), str(file).removeprefix("/usr")):
        done = subprocess.run(["dpkg", "-S", spelled], capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    raise AssertionError(f"{file} is of no package")


def test_the_programs_libraries_are_in_the_image():
    needed = re.findall(r"NEEDED\s+(\S+)", subprocess.run(["objdump", "-p", MMSGATE], capture_output=True, text=True,
                                                           check=True).stdout)
    assert len(needed) > 8, needed
    table = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    known = dict(reversed(re.findall(r"^\s*(\S+) \([^)]*\) => (\S+)$", table, re.M)))  # the first of a name counts
    packages = {name: package_of(Path(known[name]).resolve()) for name in needed}
    there = installed_at_last() | {"libc6", "libgcc-s1"}  # of the base
    report([f"{name} is in the package {package}, which the last stage does not install"
            for name, package in packages.items() if package not in there])
    report([f"{package} is installed, and the program names no library of it"
            for package in installed_at_last() - set(packages.values()) - {"ca-certificates"}])


def test_the_health_check_is_a_command_of_ours():
    [check] = of("HEALTHCHECK", last_stage())
    command = yaml.safe_load(check.partition("CMD ")[2])
    assert command[0] == "mmsgate"
    done = subprocess.run([MMSGATE, *command[1:], "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


# compose.yaml

def compose() -> dict[str, Any]:
    found = yaml.safe_load(filled(COMPOSE.read_text()))
    assert isinstance(found, dict)
    return found


def filled(text: str) -> str:
    """With nothing set, as `docker compose config` shows it."""
    return VARIABLE.sub(lambda match: match[3] or "", text)


def test_it_has_the_three_services_that_start_again_by_themselves():
    services = compose()["services"]
    assert set(services) == {"mmsgate", "flexisip", "mariadb"}
    report([f"{name}: restart?" for name, service in services.items() if service.get("restart") != "unless-stopped"])
    report([f"{name}: {service['image']}: which version?" for name, service in services.items()
            if ":" not in service["image"].rpartition("/")[2] or service["image"].endswith(":latest")])
    assert services["mmsgate"]["network_mode"] == services["flexisip"]["network_mode"] == "host"
    assert services["mmsgate"]["read_only"] and services["mmsgate"]["cap_drop"] == ["ALL"]


def test_each_key_is_one_that_compose_knows():
    whole = compose()
    assert set(whole) <= {"name", "services", "networks", "volumes", "configs", "secrets"}
    for name, service in whole["services"].items():
        report([f"{name}: {key}?" for key in set(service) - SERVICE_KEYS])
        for other, how in service.get("depends_on", {}).items():
            assert other in whole["services"], f"{name} waits for {other}, which is not there"
            assert how["condition"] != "service_healthy" or "healthcheck" in whole["services"][other], f"{other} never says that it is healthy"


def test_volumes_and_secrets_that_are_named_exist_and_are_used():
    whole = compose()
    named = {entry.split(":")[0] for service in whole["services"].values() for entry in service["volumes"]}
    volumes = {name for name in named if not name.startswith((".", "/"))}
    assert volumes == set(whole["volumes"])
    secrets = {name for service in whole["services"].values() for name in service.get("secrets", [])}
    assert secrets == set(whole["secrets"])
    for name, service in whole["services"].items():
        for value in (service.get("environment") or {}).values():
            if value.startswith("/run/secrets/"):
                assert value.removeprefix("/run/secrets/") in service["secrets"], f"{name}: {value}"


def test_the_control_socket_is_shared_and_only_read_by_the_gateway():
    services = compose()["services"]
    mounts = {name: [entry.split(":") for entry in services[name]["volumes"]] for name in ("mmsgate", "flexisip")}
    assert ["flexisip-tmp", "/tmp", "ro"] in mounts["mmsgate"]
    assert ["flexisip-tmp", "/tmp"] in mounts["flexisip"]
    assert "umask 007" in services["flexisip"]["entrypoint"][-1], "root's group may open it"
    assert services["mmsgate"]["group_add"] == ["0"], "and the gateway is in that"


def test_no_password_stands_in_compose_or_in_env():
    for file in (COMPOSE, ROOT / ".env.example"):
        wrong = [line for line in file.read_text().splitlines() if re.search(r"PASSWORD\s*[:=]|apipw\s*[:=]\s*\S", line)
                 and "_FILE" not in line and "RANDOM" not in line]
        report(wrong)
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"/.env", "/docker/secrets", "/docker/flexisip", "/docker/gateway"} <= set(ignored)


def test_each_setting_is_in_env_example_with_what_holds_otherwise():
    used = {name: fallback for name, _, fallback in VARIABLE.findall(COMPOSE.read_text())}
    text = (ROOT / ".env.example").read_text()
    explained = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", text, re.M))
    assert explained == used
    for name in used:
        before = text[:re.search(rf"^#?{name}=", text, re.M).start()].rstrip("\n").splitlines()[-1]  # type: ignore[union-attr]
        assert before.startswith("#"), f"{name} is not explained"


def test_the_config_that_comes_along_is_right(tmp_path: Path):
    secret = tmp_path / "apipw"
    secret.write_text("a-password\n")
    config = tmp_path / "mmsgate.conf"
    config.write_text((ROOT / "docker/mmsgate.conf.example").read_text().replace("/run/secrets/apipw", str(secret)))
    done = subprocess.run([MMSGATE, "config", "check", "--config-file", config], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "/run/secrets/apipw" in (ROOT / "docker/mmsgate.conf.example").read_text()
    assert "apipw" in compose()["services"]["mmsgate"]["secrets"]


def test_shell_lines_of_the_files_can_be_read():
    for run in of("RUN"):
        subprocess.run(["sh", "-n", "-c", run], check=True)
    for service in compose()["services"].values():
        if service.get("entrypoint", [""])[0] == "/bin/sh":
            subprocess.run(["sh", "-n", "-c", service["entrypoint"][-1]], check=True)
            assert shlex.split(service["entrypoint"][-1])
