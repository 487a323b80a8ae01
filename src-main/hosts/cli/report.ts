import { UnrollError } from '@shared/errors'

/** Says on stderr what went wrong and sets the exit code: 1 the user's input, 2 usage, 70 a fault of ours. Never a stack trace. */
export function reportError(error: unknown): void {
  const known = UnrollError.from(error)
  process.stderr.write(`error: ${printable(known.message)}\n`)
  if (known.hint !== undefined) process.stderr.write(`hint: ${printable(known.hint)}\n`)
  if (process.env['UNROLL_DEBUG'] === '1') process.stderr.write(`${stackOf(error)}\n`)
  process.exitCode = known.exitCode
}

export const warn = (sentence: string): void => { process.stderr.write(`warning: ${printable(sentence)}\n`) }

/** Text from a file, in which a terminal must find nothing to obey: control characters but line ends and tabs as \u001b. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, (character) => character === '\n' || character === '\t' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.stack ?? error.message : `${error.stack ?? error.message}\ncaused by: ${stackOf(error.cause)}`
}
