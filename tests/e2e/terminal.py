"""Runs a program on a terminal of so many columns, and prints what it wrote there.

usage: terminal.py COLUMNS UNTIL PROGRAM [ARGUMENT...]

Once UNTIL is written it gets SIGTERM; with an empty UNTIL it ends by itself. It is killed after two minutes.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

columns, until, program = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    # The size is set by the parent: nothing may be printed before.
    os.read(0, 1)
    os.execv(program[0], program)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
attributes = termios.tcgetattr(terminal)
attributes[1] &= ~termios.ONLCR
attributes[3] &= ~(termios.ECHO | termios.ICANON)
termios.tcsetattr(terminal, termios.TCSANOW, attributes)
os.write(terminal, b"\n")

deadline, seen = time.monotonic() + 120, b""
while True:
    readable, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
    if not readable:
        os.kill(child, signal.SIGKILL)
        break
    try:
        written = os.read(terminal, 65536)
    except OSError:
        break
    if not written:
        break
    seen += written
    if until and until in seen:
        os.kill(child, signal.SIGTERM)
        until = b""
sys.stdout.buffer.write(seen)
sys.stdout.buffer.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
