import { basename, extname } from 'node:path'
import { UnrollError } from '@shared/errors'

/** How file names are made, such as `{label}_{group}_{take}`. */
export interface NamePattern { text: string; expression: RegExp }

/** @throws UnrollError `experiment.data` when the pattern has no {group} */
export function namePattern(text: string): NamePattern {
  const names = Array.from(text.matchAll(/\{([^{}]*)\}/g), ([, name]) => name!)
  if (names.filter((name) => name === 'group').length !== 1) {
    throw new UnrollError('experiment.data', `data.group is ${JSON.stringify(text)}; a pattern of file names with {group} in it was expected.`, {
      hint: 'Write how the names are made without their ending, such as {label}_{group}_{take}.', where: { parameter: 'data.group' },
    })
  }
  const parts = text.split(/\{[^{}]*\}/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  // What a place stands for never crosses from one folder to the next.
  const any = text.includes('/') ? '[^/]' : '.'
  const expression = parts.reduce((all, part, index) => `${all}${names[index - 1] === 'group' ? `(?<group>${any}+?)` : `${any}*?`}${part}`)
  return { text, expression: new RegExp(`^${expression}$`, 'u') }
}

/**
 * The group a recording is of, by its name without its ending; by its path in the folder where the pattern has a slash.
 * @throws UnrollError `dataset.name` when that doesn't follow the pattern
 */
export function groupOf({ text, expression }: NamePattern, { path, name }: { path: string; name: string }): string {
  const inFolder = text.includes('/')
  const group = expression.exec(inFolder ? name.slice(0, name.length - extname(name).length) : stemOf(path))?.groups?.['group']
  if (group !== undefined) return group
  throw new UnrollError('dataset.name', `The ${inFolder ? 'path' : 'name'} of ${inFolder ? name : basename(path)} doesn't follow data.group, ${text}.`, { hint: 'Rename the file, or correct the pattern.', where: { file: path } })
}

export const stemOf = (path: string): string => basename(path, extname(path))

/** What in file names looks like a speaker or a session: it recurs, in several classes. */
export interface SuggestedGroup { pattern: string; groups: number; example: string }

const fewest = 6

/**
 * A place in file names, between _ - . and spaces, that holds a few words which recur across classes, and no numbers: a take's
 * number recurs too, but keeps nothing together.
 * @returns null when there is none
 */
export function suggestGroup(items: readonly { name: string; label: string }[]): SuggestedGroup | null {
  if (items.length < fewest) return null
  const folders = suggestFolder(items)
  if (folders !== null) return folders
  const fields = items.map(({ name }) => stemOf(name).split(/[_\-. ]/))
  const separators = stemOf(items[0]!.name).match(/[_\-. ]/g) ?? []
  const width = fields[0]!.length
  if (width < 2 || fields.some(({ length }) => length !== width)) return null
  const labels = new Set(items.map(({ label }) => label))
  for (let place = 0; place < width; place++) {
    const classesOf = new Map<string, Set<string>>()
    fields.forEach((words, index) => classesOf.set(words[place]!, (classesOf.get(words[place]!) ?? new Set()).add(items[index]!.label)))
    const words = [...classesOf.keys()]
    const recurring = words.filter((word) => classesOf.get(word)!.size > 1).length
    const isLabel = fields.every((each, index) => each[place] === items[index]!.label)
    if (isLabel || words.length < 2 || words.length > items.length / 3 || words.every((word) => /^\d+$/.test(word))) continue
    if (labels.size > 1 && recurring < words.length / 2) continue
    const names = fields[0]!.map((_, at) => (at === place ? '{group}' : fields.every((each, index) => each[at] === items[index]!.label) ? '{label}' : at === width - 1 ? '{take}' : `{field${at + 1}}`))
    return { pattern: names.reduce((all, name, at) => `${all}${separators[at - 1] ?? ''}${name}`), groups: words.length, example: words[0]! }
  }
  return null
}

/** A sub-folder below that of the class, with the same name in several classes: speakers are often kept so. */
function suggestFolder(items: readonly { name: string; label: string }[]): SuggestedGroup | null {
  const paths = items.map(({ name }) => name.split('/'))
  if (paths.some(({ length }) => length !== 3) || paths.some(([first], index) => first !== items[index]!.label)) return null
  const classesOf = new Map<string, Set<string>>()
  paths.forEach(([label, folder]) => classesOf.set(folder!, (classesOf.get(folder!) ?? new Set()).add(label!)))
  const recurring = [...classesOf.values()].filter(({ size }) => size > 1).length
  if (classesOf.size < 2 || classesOf.size > items.length / 2 || recurring < classesOf.size / 2) return null
  return { pattern: '{label}/{group}/{take}', groups: classesOf.size, example: paths[0]![1]! }
}
