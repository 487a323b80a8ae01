import { UnrollError } from '@shared/errors'

/** Says on stderr what went wrong and sets the exit code: 1 the user's input, 2 usage, 70 a fault of ours. Never a stack trace. */
export function reportError(error: unknown): void {
  const known = UnrollError.from(error)
  process.stderr.write(`error: ${known.message}\n`)
  if (known.hint !== undefined) process.stderr.write(`hint: ${known.hint}\n`)
  if (process.env['UNROLL_DEBUG'] === '1') process.stderr.write(`${stackOf(error)}\n`)
  process.exitCode = known.exitCode
}

export const warn = (sentence: string): void => { process.stderr.write(`warning: ${sentence}\n`) }

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.stack ?? error.message : `${error.stack ?? error.message}\ncaused by: ${stackOf(error.cause)}`
}
