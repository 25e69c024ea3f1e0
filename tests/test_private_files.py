"""Private folders go with their process, also with one that is killed; private files follow no link."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lmconform import private_files
from lmconform.private_files import PrivateFolder

HOLD = """
import sys, time
from lmconform.private_files import PrivateFolder, write
folder = PrivateFolder()
write(folder.path / "key.pem", "secret")
print(folder.path, flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def base(tmp_path, monkeypatch):
    """Where private folders are made."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path / "lmconform"


@pytest.fixture
def holder():
    """A process with a private folder, and that folder."""
    with subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) as process:
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def folders(base):
    return [path for path in base.iterdir() if path.is_dir()]


def test_a_folder_is_only_its_owners_and_goes_at_the_end(base):
    with PrivateFolder() as folder:
        private_files.write(folder / "key", "secret")
        assert folder.parent == base
        assert [path.stat().st_mode & 0o777 for path in (base, folder, folder / "key")] == [0o700, 0o700, 0o600]
    assert folders(base) == []


def test_what_a_killed_process_left_is_removed_at_the_next_start_and_not_what_is_in_use(base, holder):
    process, folder = holder
    private_files.sweep()
    assert (folder / "key.pem").read_text() == "secret"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (folder / "key.pem").is_file()
    with PrivateFolder() as other:
        assert folders(base) == [other]


def test_a_command_sweeps_what_a_killed_one_left(base, holder, lmconform):
    process, folder = holder
    process.kill()
    process.wait()
    done = lmconform("run", "--only", "nothing-of-that-name", env={"XDG_RUNTIME_DIR": str(base.parent)})
    assert done.returncode == 5
    assert not folder.exists()


@pytest.mark.parametrize("spoil", ["link", "open"])
def test_a_base_that_somebody_else_could_use_is_not_used(base, tmp_path, spoil):
    if spoil == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        base.symlink_to(tmp_path / "elsewhere")
    else:
        base.mkdir()
        base.chmod(0o777)
    with PrivateFolder() as folder:
        assert base not in folder.parents
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_a_link_is_replaced_and_not_followed(tmp_path):
    target, link = tmp_path / "target", tmp_path / "key"
    target.write_text("precious")
    link.symlink_to(target)
    private_files.write(link, "secret")
    assert (target.read_text(), link.read_text(), link.is_symlink()) == ("precious", "secret", False)


def test_a_file_that_cannot_be_written_leaves_no_draft(tmp_path):
    (tmp_path / "key").mkdir()
    with pytest.raises(OSError, match="key"):
        private_files.write(tmp_path / "key", "secret")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
