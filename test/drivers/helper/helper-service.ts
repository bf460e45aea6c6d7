import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';

/** A vendor's helper service: a real WebSocket server on this machine that answers as a test says. */
export class HelperService {
  readonly calls: string[] = [];
  connections = 0;
  /** What the next call is answered with; null: not at all. Bytes go as a binary frame. */
  answer: string | Uint8Array | null = null;
  readonly #server: WebSocketServer;
  #socket: WebSocket | null = null;
  #ended: Promise<unknown> = Promise.resolve();

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.connections += 1;
      this.#socket = socket;
      this.#ended = new Promise((resolve) => socket.once('close', resolve));
      socket.on('message', (call) => {
        this.calls.push(String(call));
        if (this.answer !== null) socket.send(this.answer);
      });
    });
  }

  /** On the port given, or on a free one. */
  static async start(port = 0): Promise<HelperService> {
    const server = new WebSocketServer({ host: '127.0.0.1', port });
    await once(server, 'listening');
    return new HelperService(server);
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the service does not listen');
    return address.port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** The connection of the reader that came last. */
  get socket(): WebSocket {
    if (this.#socket === null) throw new Error('nobody has connected');
    return this.#socket;
  }

  /** Resolves when the reader has taken all that was sent to it, what its calls were answered with included, or has
   *  left. */
  async settled(): Promise<void> {
    const { socket } = this;
    for (let trip = 0; trip < 2 && socket.readyState === WebSocket.OPEN; trip += 1) {
      const answered = new Promise((resolve) => socket.once('pong', resolve));
      socket.ping();
      await Promise.race([answered, this.#ended]);
    }
  }

  /** Ends as a killed process does. */
  async stop(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Lets the sockets of this process run until `isSo`. Real sockets need real time; nothing here is measured. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await nextTurn();
}
