/** A text with something to learn in it, the same each time: sentences of a few words in a random order. */
export function smallText(characters: number): string {
  const words = ['the', 'net', 'reads', 'a', 'letter', 'and', 'then', 'another', 'it', 'keeps', 'state']
  let seed = 7
  let text = ''
  while (text.length < characters) {
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    text += words[Math.floor(seed / 65536) % words.length] + (seed % 11 === 0 ? '.\n' : ' ')
  }
  return text.slice(0, characters)
}
