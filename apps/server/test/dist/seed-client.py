"""A client as the server's ancestor had it: a sentence without a terminator, one recv(1024) as the answer."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as server:
    print("connected", flush=True)
    for line in sys.stdin:
        server.sendall(line.rstrip("\n").encode("ascii"))
        answer = server.recv(1024)
        print("got " + answer.decode("ascii") if answer else "end", flush=True)
    if server.recv(1024) == b"":
        print("end", flush=True)
