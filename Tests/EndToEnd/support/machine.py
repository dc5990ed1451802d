"""This machine's system, once more: whatever is installed or changed there is gone afterwards, and never was here."""

import os
import shutil
import subprocess

# An overlay over / in a mount namespace of its own. The system's package database is there, so that a package's
# dependencies, its user and its scripts are real.
SCRIPT = """
set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/changes" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/changes,workdir=$1/work" "$1/root"
for folder in proc dev sys; do mount --rbind "/$folder" "$1/root/$folder"; done
mount -t tmpfs tmpfs "$1/root/run"
mount -t tmpfs tmpfs "$1/root/tmp"
echo ready
read -r end
"""


class Machine:
    def __init__(self, folder):
        for tool in ("unshare", "nsenter", "setpriv"):
            assert shutil.which(tool), f"{tool} is missing"
        self.folder = folder
        self.root = f"{folder}/root"
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh", str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        line = self.holder.stdout.readline()
        assert line == "ready\n", line + self.holder.stdout.read()

    def close(self):
        self.holder.stdin.close()
        self.holder.wait(20)
        self.holder.stdout.close()

    @property
    def enter(self):
        """The words that begin a command there."""
        return ["nsenter", f"--target={self.holder.pid}", "--mount", "chroot", self.root]

    def run(self, *words, stdin=None):
        return subprocess.run([*self.enter, *map(str, words)], input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=300)

    def output(self, *words, stdin=None):
        """Standard output and error of a command that must succeed."""
        process = self.run(*words, stdin=stdin)
        text = process.stdout.decode()
        assert process.returncode == 0, text
        return text

    def changes(self):
        """What is not as it was: lines with mode, owner and path of what is new or other, and `gone` and its path."""
        upper = f"{self.folder}/changes"
        told = subprocess.run(
            ["nsenter", f"--target={self.holder.pid}", "--mount", "find", upper, "-mindepth", "1", "-printf",
             "%y %M %u:%g /%P\\n"], check=True, capture_output=True, text=True, timeout=300).stdout
        changed = set()
        for line in told.splitlines():
            kind, mode, owner, path = line.split(" ", 3)
            # A folder in which something has changed is there, too; a character device stands for what was removed.
            if kind == "c":
                if os.path.lexists(path):
                    changed.add(f"gone {path}")
            elif kind != "d" or not os.path.isdir(path):
                changed.add(f"{mode} {self.named(owner)} {path}")
        return changed

    def named(self, owner):
        """`user:group` with names that only the copy knows."""
        return ":".join(self.output("getent", book, number).split(":")[0] if number.isdigit() else number
                        for book, number in zip(("passwd", "group"), owner.split(":")))
