/**
 * The one error type of Unroll. A host alone turns it into an RPC envelope, a dialog or an exit code.
 *
 * `code` is stable ("dataset.not-utf8", "shape.mismatch", "numeric.non-finite", …): tests and screens rely on it.
 * `message` says what was expected, what was found and where, in one sentence.
 * `hint` says what to do about it, in one sentence.
 * `where` carries the place in figures: file, line, column, step, parameter.
 */
export class UnrollError extends Error {
  override readonly name = 'UnrollError'
  readonly code: string
  readonly hint: string | undefined
  readonly where: ErrorPlace | undefined

  constructor(code: string, message: string, options: { hint?: string; where?: ErrorPlace; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    this.where = options.where
  }

  /** The form that crosses process borders. */
  toJSON(): ErrorEnvelope {
    return { code: this.code, message: this.message, hint: this.hint, where: this.where }
  }

  /** Whose mistake it is decides the exit code: 1 the user's input, 2 the command's usage, 70 ours. */
  get exitCode(): 1 | 2 | 70 {
    if (this.code.startsWith('usage.')) return 2
    if (this.code.startsWith('internal.')) return 70
    return 1
  }

  static from(error: unknown): UnrollError {
    if (error instanceof UnrollError) return error
    if (isEnvelope(error)) return new UnrollError(error.code, error.message, envelopeOptions(error))
    const message = error instanceof Error ? error.message : String(error)
    return new UnrollError('internal.fault', `Something went wrong inside Unroll: ${message}`, {
      hint: 'Your data is untouched. Please report this with what you did just before.',
      cause: error,
    })
  }
}

export interface ErrorPlace {
  file?: string | undefined
  line?: number | undefined
  column?: number | undefined
  step?: number | undefined
  timeStep?: number | undefined
  parameter?: string | undefined
}

export interface ErrorEnvelope {
  code: string
  message: string
  hint?: string | undefined
  where?: ErrorPlace | undefined
}

function isEnvelope(value: unknown): value is ErrorEnvelope {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value
    && typeof (value as ErrorEnvelope).code === 'string' && (value as ErrorEnvelope).code.includes('.')
}

function envelopeOptions(envelope: ErrorEnvelope): { hint?: string; where?: ErrorPlace } {
  return {
    ...(envelope.hint === undefined ? {} : { hint: envelope.hint }),
    ...(envelope.where === undefined ? {} : { where: envelope.where }),
  }
}
