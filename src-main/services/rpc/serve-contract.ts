import { createBirpc } from 'birpc'
import { contract, type Emit, type Handlers, type Method } from '@shared/rpc/contract'
import { type Message, messageSchema, type WindowFunctions } from '@shared/rpc/message'
import type { Port } from '@shared/rpc/port'
import { UnrollError } from '@shared/errors'
import { type FaultLog, envelopeOf } from './envelope'

export interface ServeContractOptions {
  /** Told every fault of ours in full, with the reference that the window got. */
  logFault?: FaultLog
}

/**
 * Serves the contract over a port until it closes: every payload is validated against `contract[method].params` before
 * the handler sees it, methods outside the contract are refused, errors cross as ErrorEnvelope, never with a stack.
 * @param subscribe registers a listener for all events and returns how to take it off again
 * @returns         ends serving and closes the port
 */
export function serveContract(
  port: Port, handlers: Handlers, subscribe: (listener: Emit) => () => void, options: ServeContractOptions = {},
): () => void {
  const rpc = createBirpc<WindowFunctions, object>(guarded(handlers), {
    post: (message: Message) => port.post(message),
    on: (receive) => port.listen((raw) => {
      const message = messageSchema.safeParse(raw)
      if (message.success && message.data.t === 'q') receive(message.data)
    }),
    serialize: (message: Message) => message.t === 's' && message.e !== undefined
      ? { t: 's', i: message.i, e: envelopeOf(message.e, options.logFault) }
      : message,
    resolver: (name, handler) => handler ?? (() => { throw unknownMethod(name) }),
    // A port that closed while an answer was under way: nobody is left to tell.
    onGeneralError: () => true,
    timeout: -1,
  })
  let open = true
  const end = () => {
    if (!open) return
    open = false
    unsubscribe()
    rpc.$close()
    port.close()
  }
  const unsubscribe = subscribe((name, payload) => { rpc.$callEvent('event', name, payload).catch(end) })
  port.onClose(end)
  return end
}

/** The contract's methods with their payloads validated; without a prototype, so nothing else can be called by name. */
function guarded(handlers: Handlers): Record<string, (params: unknown) => Promise<unknown>> {
  const functions: Record<string, (params: unknown) => Promise<unknown>> = Object.create(null)
  for (const method of Object.keys(contract) as Method[]) functions[method] = (params) => handle(handlers, method, params)
  return functions
}

async function handle<M extends Method>(handlers: Handlers, method: M, params: unknown): Promise<unknown> {
  const parsed = contract[method].params.safeParse(params)
  if (!parsed.success) throw badPayload(method, parsed.error.issues[0])
  const handler = handlers[method] as (params: unknown) => Promise<unknown>
  return handler(parsed.data)
}

function badPayload(method: string, issue: { path: PropertyKey[]; message: string } | undefined): UnrollError {
  const place = issue?.path.length ? `"${issue.path.map(String).join('.')}"` : 'its parameter'
  return new UnrollError('rpc.bad-payload', `"${method}" was asked with a wrong ${place}: ${issue?.message ?? 'invalid'}.`, {
    hint: 'Reload the window; if it happens again, please report it.',
  })
}

function unknownMethod(name: string): UnrollError {
  return new UnrollError('rpc.unknown-method', `There is no method "${name.slice(0, 64)}".`, {
    hint: 'Reload the window: it may be older than the program that serves it.',
  })
}
