import type { IncomingMessage } from 'node:http'
import { cookieOf, hostIsOurs, newSecret, originIsOurs, sameSecret } from './security'

/** Knows who may come in: first by the printed token, then by the cookie given for it. */
export class Doorkeeper {
  readonly token = newSecret()

  /** @param port in the cookie's name, since browsers give one cookie to all ports of a machine */
  constructor(private readonly secret: string, private readonly port: () => number) {}

  accepts(token: string | null): boolean {
    return sameSecret(token, this.token)
  }

  cookie(): string {
    return `unroll-${this.port()}=${this.secret}; Path=/; HttpOnly; SameSite=Strict`
  }

  admits(request: IncomingMessage): boolean {
    return sameSecret(cookieOf(request, `unroll-${this.port()}`), this.secret)
  }

  /** A WebSocket may be opened by any page that a browser shows; only ours has this origin. */
  admitsSocket(request: IncomingMessage): boolean {
    return hostIsOurs(request) && originIsOurs(request) && this.admits(request)
  }
}
