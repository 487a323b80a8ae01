/** A longer run of letters is cut, after the character in which these bytes end: no word is so long. */
const longestWord = 256

const letters = '[\\p{L}\\p{N}\\p{M}\'\\u2019_]'
const token = new RegExp(` ?${letters}+| ?[^\\s]|\\s`, 'gu')
const letter = new RegExp(`^${letters}$`, 'u')
const blank = /^\s$/u

/** What assembly/words.ts tells apart: 1 a blank, 3 a letter, 2 any other character. */
export function classOf(point: number): number {
  const character = String.fromCodePoint(point)
  return letter.test(character) ? 3 : blank.test(character) ? 1 : 2
}

/** The tokens of a text in memory, by the rule of `Words`. */
export function wordsOf(text: string): string[] {
  return (Buffer.from(text).toString().match(token) ?? []).flatMap(cut)
}

function cut(word: string): string[] {
  if (Buffer.byteLength(word) <= longestWord) return [word]
  const parts = ['']
  let bytes = 0
  for (const character of word) {
    if (bytes >= longestWord) {
      parts.push('')
      bytes = 0
    }
    parts[parts.length - 1] += character
    bytes += Buffer.byteLength(character)
  }
  return parts
}
