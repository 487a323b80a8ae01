/** Different words that are told apart; what is met after so many reads as the unknown word. */
export const mostWords = 2 ** 20

/**
 * Words as byte strings and how often each was met, in a hash table over one block of bytes: no string is made until the
 * end. Open addressing, linear probing; FNV-1a (Fowler, Noll & Vo).
 */
export class WordTable {
  /** Words known; their numbers are 0 … size − 1, in the order they were met. */
  size = 0
  private slots = new Int32Array(2 ** 16).fill(-1)
  private hashes = new Int32Array(2 ** 15)
  private starts = new Float64Array(2 ** 15 + 1)
  private bytes = new Uint8Array(2 ** 20)
  counts = new Float64Array(2 ** 15)

  /** The number of the word bytes[from..to-1], a new one where it wasn't met before; -1 when the table is full. */
  add(bytes: Uint8Array, from: number, to: number): number {
    const hash = hashOf(bytes, from, to)
    const slot = this.slotOf(bytes, from, to, hash)
    const known = this.slots[slot]!
    if (known >= 0) return known
    if (this.size === mostWords) return -1
    this.insert(bytes, from, to, hash, slot)
    return this.size - 1
  }

  /** -1 when the word isn't known. */
  find(bytes: Uint8Array, from: number, to: number): number {
    return this.slots[this.slotOf(bytes, from, to, hashOf(bytes, from, to))]!
  }

  word(number: number): string {
    return Buffer.from(this.bytes.buffer, this.starts[number]!, this.starts[number + 1]! - this.starts[number]!).toString()
  }

  private slotOf(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const mask = this.slots.length - 1
    for (let slot = (hash ^ hash >>> 15) & mask; ; slot = slot + 1 & mask) {
      const number = this.slots[slot]!
      if (number < 0 || (this.hashes[number] === hash && this.same(number, bytes, from, to))) return slot
    }
  }

  private same(number: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.starts[number]!
    if (this.starts[number + 1]! - start !== to - from) return false
    const own = this.bytes
    for (let at = from; at < to; at++) if (own[start + at - from] !== bytes[at]) return false
    return true
  }

  private insert(bytes: Uint8Array, from: number, to: number, hash: number, slot: number): void {
    const number = this.size++
    const start = this.starts[number]!
    if (start + to - from > this.bytes.length) this.bytes = larger(this.bytes, new Uint8Array(2 * this.bytes.length + to - from))
    this.bytes.set(bytes.subarray(from, to), start)
    this.starts[number + 1] = start + to - from
    this.hashes[number] = hash
    this.slots[slot] = number
    if (2 * this.size < this.slots.length) return
    const room = this.slots.length
    this.counts = larger(this.counts, new Float64Array(room))
    this.hashes = larger(this.hashes, new Int32Array(room))
    this.starts = larger(this.starts, new Float64Array(room + 1))
    this.slots = new Int32Array(2 * room).fill(-1)
    const mask = 2 * room - 1
    for (let each = 0; each < this.size; each++) {
      const own = this.hashes[each]!
      let at = (own ^ own >>> 15) & mask
      while (this.slots[at]! >= 0) at = at + 1 & mask
      this.slots[at] = each
    }
  }
}

function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5 | 0
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193)
  return hash
}

function larger<A extends Uint8Array | Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from)
  return to
}
