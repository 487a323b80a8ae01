import { createBirpc } from 'birpc'
import { UnrollError } from '@shared/errors'
import type { EventName, EventPayload, Method, Params, Result } from '@shared/rpc/contract'
import { type Message, messageSchema, type WindowFunctions } from '@shared/rpc/message'
import type { Port } from '@shared/rpc/port'
import type { RpcClient } from './host'

type AnyHandler = (payload: unknown) => void
type Rpc = ReturnType<typeof createBirpc<Record<string, (params: unknown) => unknown>, WindowFunctions>>

/** The RPC client over whichever port is connected at the moment. */
export class PortRpcClient implements RpcClient {
  private rpc: Rpc | null = null
  private readonly handlers = new Map<string, Set<AnyHandler>>()
  private readonly connectionHandlers = new Set<(connected: boolean) => void>()

  /** From now on calls go over this port; when it closes, calls under way fail with `rpc.disconnected`. */
  attach(port: Port): void {
    this.rpc?.$close(disconnected())
    const rpc = createBirpc<Record<string, (params: unknown) => unknown>, WindowFunctions>(
      { event: (name, payload) => { for (const handler of this.handlers.get(name) ?? []) handler(payload) } },
      {
        post: (message: Message) => port.post(message),
        on: (receive) => port.listen((raw) => {
          const message = messageSchema.safeParse(raw)
          if (message.success) receive(message.data)
        }),
        // A training or an import takes as long as it takes; a lost connection is noticed by the port.
        timeout: -1,
      },
    )
    this.rpc = rpc
    port.onClose(() => {
      if (this.rpc !== rpc) return
      this.rpc = null
      rpc.$close(disconnected())
      this.tellConnection(false)
    })
    this.tellConnection(true)
  }

  async call<M extends Method>(method: M, ...[params]: undefined extends Params<M> ? [params?: Params<M>] : [params: Params<M>]): Promise<Result<M>> {
    if (!this.rpc) throw disconnected()
    try {
      return await this.rpc.$call(method, params) as Result<M>
    } catch (error) {
      throw UnrollError.from(error)
    }
  }

  on<E extends EventName>(event: E, handler: (payload: EventPayload<E>) => void): () => void {
    const handlers = this.handlers.get(event) ?? new Set()
    this.handlers.set(event, handlers)
    handlers.add(handler as AnyHandler)
    return () => { handlers.delete(handler as AnyHandler) }
  }

  onConnection(handler: (connected: boolean) => void): () => void {
    this.connectionHandlers.add(handler)
    return () => { this.connectionHandlers.delete(handler) }
  }

  private tellConnection(connected: boolean): void {
    for (const handler of this.connectionHandlers) handler(connected)
  }
}

const disconnected = () => new UnrollError('rpc.disconnected', 'The connection to Unroll is lost.', {
  hint: 'Training goes on. The window reconnects by itself as soon as Unroll answers again.',
})
