import { EventEmitter } from 'node:events'
import type { MessageEvent, MessagePortMain } from 'electron'
import { makeClone } from './clone'

const { encode, decode } = makeClone()
let ids = 0

type Members = 'postMessage' | 'start' | 'close'

/** One end of a channel. Its other end is another one here, or, once it was sent to a page, a MessagePort there. */
export class PortDouble extends EventEmitter implements Pick<MessagePortMain, Members> {
  readonly id = ++ids
  /** Where messages go; set by the channel, and again when the other end moves to a page. */
  deliver: (data: unknown) => void = () => {}
  tellClosed: () => void = () => {}
  private started = false
  private closed = false
  private readonly waiting: unknown[] = []

  postMessage(message: unknown): void {
    if (!this.closed) this.deliver(decode(encode(message)))
  }

  start(): void {
    this.started = true
    for (const data of this.waiting.splice(0)) this.receive(data)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.tellClosed()
  }

  /** A message from the other end; kept until `start`, as Electron does. */
  receive(data: unknown): void {
    if (this.closed) return
    if (this.started) this.emit('message', { data, ports: [] } satisfies MessageEvent)
    else this.waiting.push(data)
  }

  /** The other end is closed or gone with its page. */
  end(): void {
    if (this.closed) return
    this.closed = true
    this.emit('close')
  }
}

export class MessageChannelMain {
  readonly port1 = new PortDouble()
  readonly port2 = new PortDouble()

  constructor() {
    const [one, two] = [this.port1, this.port2]
    one.deliver = (data) => setImmediate(() => two.receive(data))
    two.deliver = (data) => setImmediate(() => one.receive(data))
    one.tellClosed = () => setImmediate(() => two.end())
    two.tellClosed = () => setImmediate(() => one.end())
  }
}
