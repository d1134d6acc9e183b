# What the seed's server did, with the port as the only change: three clients, one recv(1024) from each in turn.
import socket

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
    server.bind(("127.0.0.1", 0))
    server.listen(3)
    print(server.getsockname()[1], flush=True)
    clients = []
    while len(clients) < 3:
        connection, address = server.accept()
        clients.append(connection)
    ended = set()
    while len(ended) < 3:
        for connection in clients:
            if connection in ended:
                continue
            sentence = connection.recv(1024).decode("ascii")
            if sentence == "":
                ended.add(connection)
                connection.close()
                continue
            print(repr(sentence), flush=True)
            connection.send(sentence.upper().encode("ascii"))
