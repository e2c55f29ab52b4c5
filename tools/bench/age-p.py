# Runs `age -p` on a terminal of its own, answers its questions, and prints the seconds that it took.
# usage: age-p.py PASSWORD INPUT OUTPUT
import os
import pty
import sys
import time

password, source, target = sys.argv[1:]
started = time.perf_counter()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("age", ["age", "-p", "-o", target, source])
shown = b""
answered = 0
while True:
    try:
        some = os.read(terminal, 1024)
    except OSError:  # age closed its terminal
        break
    if not some:
        break
    shown += some
    if shown.count(b"passphrase") > answered and shown.rstrip().endswith(b":"):
        answered = shown.count(b"passphrase")
        os.write(terminal, password.encode() + b"\n")
_, status = os.waitpid(pid, 0)
if status != 0:
    sys.exit("age -p failed: " + shown.decode(errors="replace"))
print(time.perf_counter() - started)
