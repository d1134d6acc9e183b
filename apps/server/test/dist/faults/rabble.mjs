// Clients that behave badly, each kind as many as it is told, until it is told to stop. A process of its own: it is not
// to take time from those who measure.
import { connect } from 'node:net';

const LINE = `${'x'.repeat(100)}\n`;
let port = 0;
let isOn = false;
const sockets = new Set();

function join() {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  sockets.add(socket);
  socket.on('error', () => {});
  socket.once('close', () => sockets.delete(socket));
  return socket;
}

/** Comes back when the connection is over. */
function comeBack(socket, act) {
  socket.once('close', () => {
    if (isOn) setTimeout(() => act(), 20);
  });
}

function pour(socket) {
  socket.write(LINE.repeat(64), (error) => {
    if (!error && isOn) pour(socket);
  });
}

function neverRead() {
  const socket = join().pause();
  comeBack(socket, neverRead);
  pour(socket);
}

function drip() {
  const socket = join().resume();
  const timer = setInterval(() => socket.write('d'), 100);
  socket.once('end', () => socket.end());
  socket.once('close', () => clearInterval(timer));
  comeBack(socket, drip);
}

function resetInMidLine() {
  const socket = join().resume();
  comeBack(socket, resetInMidLine);
  socket.write(`${LINE}half a line`, () => socket.resetAndDestroy());
}

function halfClose() {
  const socket = join().resume();
  comeBack(socket, halfClose);
  socket.end(LINE.repeat(5));
}

function flood() {
  const socket = join().resume();
  comeBack(socket, flood);
  pour(socket);
}

const KINDS = [neverRead, drip, resetInMidLine, halfClose, flood];

process.on('message', (message) => {
  if (message.each > 0) {
    ({ port } = message);
    isOn = true;
    for (const act of KINDS) for (let one = 0; one < message.each; one++) act();
  } else {
    isOn = false;
    for (const socket of sockets) socket.resetAndDestroy();
  }
  process.send({ done: true });
});
