/** UTF-8 bytes in pieces of at most `most`, none cut within a character. */
export function* piecesOf(bytes: Uint8Array, most: number): Generator<Uint8Array, void, void> {
  for (let from = 0; from < bytes.length;) {
    let to = Math.min(bytes.length, from + most)
    while (to < bytes.length && (bytes[to]! & 0xc0) === 0x80 && to > from + most - 4) to--
    yield bytes.subarray(from, to)
    from = to
  }
}
