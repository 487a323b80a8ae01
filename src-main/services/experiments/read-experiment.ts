import { readFile } from 'node:fs/promises'
import { UnrollError } from '@shared/errors'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import { doubtful, unsupported } from '@shared/experiment/unsupported'
import { codeOf } from '../files/atomic'
import { inWords } from './issue-words'
import { JsonSyntaxError, parseLocated, placeOf, type LocatedJson } from './json-text'
import { unknownKeys } from './unknown-keys'

const controls = /\p{Cc}/u

/**
 * Reads an experiment file.
 * @returns the experiment with its defaults, and a sentence for each key that means nothing, stands twice or is hardly meant so
 * @throws UnrollError `experiment.not-found`, `experiment.not-json`, `experiment.invalid`, `experiment.unsupported`, with line and column
 */
export async function readExperiment(file: string): Promise<{ experiment: Experiment; warnings: string[] }> {
  const text = await textOf(file)
  const json = parse(file, text)
  const parsed = experimentSchema.safeParse(json.value)
  if (!parsed.success) throw invalid(file, text, json, parsed.error.issues.map((issue) => inWords(issue, json.value)))
  // A terminal would obey them. Runs that were begun with such a name are still read: the schema allows them.
  if (controls.test(parsed.data.name)) throw invalid(file, text, json, [{ path: ['name'], sentence: `name: expected a text without control characters, found ${JSON.stringify(parsed.data.name)}` }])
  const refused = unsupported(parsed.data)
  if (refused.length > 0) {
    const where = { file, ...placeOf(text, json.offsetOf(refused[0]!.path.split('.'))), parameter: refused[0]!.path }
    throw new UnrollError('experiment.unsupported', `${file}:${where.line}:${where.column}: ${refused.map(({ message }) => message).join(' ')}`, { hint: 'Change it, or use a newer Unroll.', where })
  }
  const doubts = doubtful(parsed.data).map(({ path, message }) => {
    const { line, column } = placeOf(text, json.offsetOf(path.split('.')))
    return `${file}:${line}:${column}: ${message}`
  })
  return { experiment: parsed.data, warnings: [...repeatedIn(file, text, json), ...warningsOf(file, text, json, parsed.data), ...doubts] }
}

function parse(file: string, text: string): LocatedJson {
  try {
    return parseLocated(text)
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause
    const { line, column } = placeOf(text, cause.offset)
    const found = cause.offset >= text.length ? 'the file ends' : `there is ${JSON.stringify(Array.from(text.slice(cause.offset, cause.offset + 2))[0])}`
    throw new UnrollError('experiment.not-json', `${file}:${line}:${column}: expected ${cause.expected}, but ${found}.`, {
      hint: 'An experiment file is plain JSON: keys in double quotes, no comments, no comma after the last entry.', where: { file, line, column }, cause,
    })
  }
}

function invalid(file: string, text: string, json: LocatedJson, problems: ReturnType<typeof inWords>[]): UnrollError {
  const sentences = problems.map(({ path, sentence }) => {
    const { line, column } = placeOf(text, json.offsetOf(path))
    return `${file}:${line}:${column}: ${sentence}.`
  })
  const [first] = problems
  return new UnrollError('experiment.invalid', sentences.join('\n'), {
    hint: 'docs/experiment-file.md lists every key; docs/experiment.schema.json makes an editor check it.',
    where: { file, ...placeOf(text, json.offsetOf(first?.path ?? [])), parameter: first?.path.map(String).join('.') },
  })
}

function warningsOf(file: string, text: string, json: LocatedJson, experiment: Experiment): string[] {
  // "$schema" is for editors.
  return unknownKeys(json.value, experiment).filter(({ path }) => path.join('.') !== '$schema').map(({ path, nearest }) => {
    const { line, column } = placeOf(text, json.offsetOf(path))
    return `${file}:${line}:${column}: ${path.join('.')} means nothing to this version and is left out${nearest === null ? '' : `; did you mean "${nearest}"?`}`
  })
}

/** JSON lets a key stand twice, and the last one counts: hardly what was meant. */
function repeatedIn(file: string, text: string, { repeated }: LocatedJson): string[] {
  return repeated.map(({ path, offset }) => {
    const { line, column } = placeOf(text, offset)
    return `${file}:${line}:${column}: ${path.join('.')} stands here again; the last one counts, and what is before it is left out`
  })
}

async function textOf(file: string): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (cause) {
    const reason = codeOf(cause) === 'ENOENT' ? 'there is no such file' : codeOf(cause) === 'EISDIR' ? 'it is a folder' : 'it can\'t be opened'
    throw new UnrollError('experiment.not-found', `${file}: expected an experiment file, but ${reason}.`, { hint: 'Give the path of a JSON file; docs/experiment-file.md shows one.', where: { file }, cause })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new UnrollError('experiment.not-json', `${file} isn't UTF-8 text.`, { hint: 'Save it as UTF-8.', where: { file }, cause })
  }
}
