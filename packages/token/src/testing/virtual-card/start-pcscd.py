"""Becomes pcscd, which listens on a socket of the caller's choice: python3 start-pcscd.py SOCKET COMMAND...

pcscd takes its path from nowhere, but it takes over a socket as systemd hands one: as descriptor 3.
"""
import os
import socket
import sys

listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(sys.argv[1])
listener.listen()
if listener.fileno() != 3:
    os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execvp(sys.argv[2], sys.argv[2:])
