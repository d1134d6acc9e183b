# A naive server: it takes each read for a message. Some clients, then one recv(1024) from each in turn, for ever. What it gets is shown.
# python3 docs/naive-server.py [PORT] [CLIENTS]
import socket
import sys

port, want = [int(word) for word in (sys.argv[1:] + ["6677", "3"][len(sys.argv) - 1:])]
with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", port))
    server.listen(want)
    print("listening on 127.0.0.1:%d" % server.getsockname()[1], flush=True)
    clients = []
    while len(clients) < want:
        connection, address = server.accept()
        clients.append(connection)
        print("client %d connected" % len(clients), flush=True)
    ended = set()
    while len(ended) < want:
        for seat, connection in enumerate(clients, 1):
            if seat in ended:
                continue
            sentence = connection.recv(1024).decode("ascii")
            if sentence == "":
                print("client %d left" % seat, flush=True)
                ended.add(seat)
                connection.close()
                continue
            print("client %d: %d bytes %r" % (seat, len(sentence), sentence[:24]), flush=True)
            connection.send(sentence.upper().encode("ascii"))
