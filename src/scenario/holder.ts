import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { identityFromLine, whoRequest } from '../probe/identity.ts';

/*
 * A client that keeps one connection, or one UDP source port: started inside a network namespace with PROTOCOL ADDRESS
 * PORT MILLISECONDS. For each line on standard input it asks the server who it is, and prints the answer or what came
 * instead as a line of JSON.
 */

const [protocol = 'tcp', address = '', port = '', patience = '4000'] = process.argv.slice(2);
const waiting: ((line: object) => void)[] = [];

/** The answer to the oldest question, or the news that none will come. */
function tell(line: object): void {
  waiting.shift()?.(line);
}

function failed(error: NodeJS.ErrnoException): object {
  return { outcome: error.code === 'ECONNREFUSED' ? 'refused' : 'closed', message: error.code ?? error.message };
}

function openTcp(): (text: string) => void {
  const socket: Socket = connect({ host: address, port: Number(port) });
  let [text, ended] = ['', undefined as object | undefined];
  const end = (line: object) => {
    ended ??= line;
    tell(ended);
  };
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
      tell({ outcome: 'delivered', ...identityFromLine(text.slice(0, at)) });
      text = text.slice(at + 1);
    }
  });
  socket.on('error', (error) => end(failed(error)));
  socket.on('close', () => end({ outcome: 'closed', message: 'the server closed the connection' }));
  return (question) => (ended === undefined ? socket.write(question) : tell(ended));
}

function openUdp(): (text: string) => void {
  const socket: UdpSocket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (message) => tell({ outcome: 'delivered', ...identityFromLine(message.toString('utf8')) }));
  socket.on('error', (error) => tell(failed(error)));
  socket.connect(Number(port), address);
  return (question) => {
    // EPERM: a rule stops the datagram on its way out; a refusal comes as an error of its own.
    const unlessStopped = (error: NodeJS.ErrnoException | null) =>
      error && error.code !== 'EPERM' && tell(failed(error));
    const send = () => socket.send(question, unlessStopped);
    try {
      socket.remoteAddress();
      send();
    } catch {
      socket.once('connect', send);
    }
  };
}

const ask = protocol === 'udp' ? openUdp() : openTcp();

async function question(): Promise<object> {
  const { promise, resolve } = Promise.withResolvers<object>();
  waiting.push(resolve);
  const timer = setTimeout(() => {
    waiting.splice(waiting.indexOf(resolve), 1);
    resolve({ outcome: 'dropped' });
  }, Number(patience));
  ask(whoRequest);
  return promise.finally(() => clearTimeout(timer));
}

for await (const _ of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await question())}\n`);
}
process.exit(0);
