// Capitals by bufio.Scanner: a line, a flush. Prints its port.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"runtime"
)

func serve(conn net.Conn) {
	defer conn.Close()
	scanner := bufio.NewScanner(conn)
	writer := bufio.NewWriter(conn)
	for scanner.Scan() {
		writer.Write(bytes.ToUpper(scanner.Bytes()))
		writer.WriteByte('\n')
		if writer.Flush() != nil {
			return
		}
	}
}

func main() {
	runtime.GOMAXPROCS(1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go serve(conn)
	}
}
