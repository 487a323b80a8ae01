import { UnrollError } from '@shared/errors'
import { type Experiment, experimentSchema } from '@shared/experiment/schema'

/**
 * Reads an experiment file's text.
 * @returns the experiment, and the paths of keys that the schema doesn't know
 * @throws UnrollError `experiment.not-json` or `experiment.invalid`, naming the key at fault
 */
export function parseExperiment(text: string, file: string): { experiment: Experiment; unknown: string[] } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new UnrollError('experiment.not-json', `${file} should be an experiment file, but it isn't JSON: ${cause instanceof Error ? cause.message : 'unreadable'}.`, {
      hint: 'Choose a file that Unroll saved, usually experiment.json.', where: { file },
    })
  }
  const parsed = experimentSchema.safeParse(json)
  if (parsed.success) return { experiment: parsed.data, unknown: unknownKeys(json, parsed.data).filter((path) => path !== '$schema') }
  const issue = parsed.error.issues[0]
  const key = issue?.path.join('.') ?? ''
  throw new UnrollError('experiment.invalid', `${file} isn't a valid experiment file: ${key || 'the file'}: ${issue?.message ?? 'invalid'}.`, {
    hint: 'docs/experiment-file.md lists the keys and what they may hold.', where: { file, parameter: key || undefined },
  })
}

/** Paths of what `written` has and `read` hasn't: keys the schema passed over. */
function unknownKeys(written: unknown, read: unknown, path = ''): string[] {
  if (!isRecord(written) || !isRecord(read)) return []
  return Object.keys(written).flatMap((key) => key in read ? unknownKeys(written[key], read[key], `${path}${key}.`) : [`${path}${key}`])
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The file as people read it. */
export const experimentText = (experiment: Experiment): string => `${JSON.stringify(experiment, null, 2)}\n`
