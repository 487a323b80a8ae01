import { randomBytes } from 'node:crypto'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'

export type FaultLog = (reference: string, error: unknown) => void

const toConsole: FaultLog = (reference, error) => console.error(`Fault ${reference}:`, error)

/**
 * What a window is told of an error. A fault of ours keeps its message, stack and paths on this side, under a
 * reference that both sides show.
 */
export function envelopeOf(error: unknown, logFault: FaultLog = toConsole): ErrorEnvelope {
  const known = UnrollError.from(error)
  if (known.exitCode !== 70) return withoutFolders(known.toJSON())
  const reference = randomBytes(4).toString('hex')
  logFault(reference, error)
  return {
    code: known.code,
    message: `Something went wrong inside Unroll (fault ${reference}).`,
    hint: 'Your data is untouched. Please report this with what you did just before and what the log says of that fault.',
  }
}

/** A window knows files by name: where they lie is the main side's business. */
function withoutFolders(envelope: ErrorEnvelope): ErrorEnvelope {
  const file = envelope.where?.file
  return file === undefined ? envelope : { ...envelope, where: { ...envelope.where, file: file.split(/[/\\]/).at(-1) } }
}
