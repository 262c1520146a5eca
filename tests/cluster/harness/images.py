"""The images of the tests: static programs packed as docker archives."""

import hashlib
import io
import json
import os
import subprocess
import tarfile

from harness.processes import Failed

HERE = os.path.dirname(os.path.abspath(__file__))
APP = os.path.join(os.path.dirname(HERE), "app")
PAUSE = "selfheal.test/pause:1"
FAULTY = "selfheal.test/faulty:1"


def _compile(name, folder):
    program = os.path.join(folder, name)
    subprocess.run(["gcc", "-std=c11", "-D_GNU_SOURCE", "-O2", "-static",
                    "-pthread", "-o", program,
                    os.path.join(APP, name + ".c")], check=True)
    return program


def _add(archive, name, data, mode=0o644):
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    entry.mode = mode
    archive.addfile(entry, io.BytesIO(data))


def _layer(program, name):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        folder = tarfile.TarInfo("state")
        folder.type = tarfile.DIRTYPE
        folder.mode = 0o777
        archive.addfile(folder)
        with open(program, "rb") as file:
            _add(archive, name, file.read(), 0o755)
    return buffer.getvalue()


def _pack(name, tag, program, path):
    layer = _layer(program, name)
    digest = hashlib.sha256(layer).hexdigest()
    config = json.dumps({
        "architecture": "amd64", "os": "linux",
        "config": {"Entrypoint": ["/" + name], "Env": ["PATH=/"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest]},
        "history": [{"created_by": "tests/cluster"}]}).encode()
    config_name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": [tag],
                            "Layers": [digest + "/layer.tar"]}]).encode()
    with tarfile.open(path, "w") as archive:
        _add(archive, config_name, config)
        _add(archive, digest + "/layer.tar", layer)
        _add(archive, "manifest.json", manifest)
    return path


def make_images(folder):
    """Builds both images; returns the paths of their archives."""
    os.makedirs(folder, exist_ok=True)
    return [_pack(name, tag, _compile(name, folder),
                  os.path.join(folder, name + ".tar"))
            for name, tag in (("pause", PAUSE), ("faulty", FAULTY))]


def load_images(socket, archives):
    for archive in archives:
        result = subprocess.run(
            ["ctr", "-a", socket, "-n", "k8s.io", "images", "import",
             archive], capture_output=True, text=True)
        if result.returncode != 0:
            raise Failed(f"ctr images import {archive}: {result.stderr}")
