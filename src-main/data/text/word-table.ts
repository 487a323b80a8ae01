/** Different words that are told apart; what is met after so many reads as the unknown word. */
export const mostWords = 2 ** 20
/** Bytes that must be readable past a word's end. */
export const padding = 12

/** Int32s of a word's key: its bytes 0 to 3, 4 to 7, 8 to 11, and its length. */
const key = 4
const keyBytes = 12
/** What is kept of those three of a word of so many bytes. */
const [first, second, third] = [0, 4, 8].map((from) => Int32Array.from({ length: keyBytes + 1 }, (_, length) => [0, 0xff, 0xffff, 0xffffff][length - from] ?? (length < from ? 0 : -1))) as [Int32Array, Int32Array, Int32Array]

/**
 * Words as byte strings and how often each was met, in a hash table over one block of bytes: no string is made until the
 * end. Open addressing, linear probing. Twelve bytes are read, hashed and compared at once, without a branch on a word's
 * length; only longer ones have their rest compared. Keys stand in the order in which words were met, so that frequent
 * ones, met early, lie together in the cache.
 */
export class WordTable {
  /** Words known; their numbers are 0 … size − 1, in the order they were met. */
  size = 0
  /** A word's number and one; 0: free. */
  private slots = new Int32Array(2 ** 16)
  /** A slot is a hash's highest bits: a product's lowest depend on too few of its factors'. */
  private shift = 16
  private keys = new Int32Array(key * 2 ** 15)
  private starts = new Float64Array(2 ** 15 + 1)
  private bytes = new Uint8Array(2 ** 20)
  private view = new DataView(this.bytes.buffer)
  counts = new Uint32Array(2 ** 15)

  /** The number of the word of `length` bytes at `from`, a new one where it wasn't met before; -1 when the table is full. */
  add(view: DataView, from: number, length: number): number {
    const slot = this.slotOf(view, from, length)
    const known = this.slots[slot]! - 1
    if (known >= 0 || this.size === mostWords) return known
    this.insert(view, from, length, slot)
    return this.size - 1
  }

  /** -1 when the word isn't known. */
  find(view: DataView, from: number, length: number): number {
    return this.slots[this.slotOf(view, from, length)]! - 1
  }

  word(number: number): string {
    return Buffer.from(this.bytes.buffer, this.starts[number]!, this.starts[number + 1]! - this.starts[number]!).toString()
  }

  /** The word's slot, or the free one where it would go. */
  private slotOf(view: DataView, from: number, length: number): number {
    const { slots, keys } = this
    const within = length < keyBytes ? length : keyBytes
    const a = view.getInt32(from, true) & first[within]!
    const b = view.getInt32(from + 4, true) & second[within]!
    const c = view.getInt32(from + 8, true) & third[within]!
    let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b ^ length, 0x85ebca77) ^ Math.imul(c, 0x27d4eb2f)
    if (length > keyBytes) hash = hashRest(hash, view, from, length)
    hash = Math.imul(hash ^ hash >>> 15, 0xc2b2ae3d)
    const mask = slots.length - 1
    for (let slot = hash >>> this.shift; ; slot = slot + 1 & mask) {
      const number = slots[slot]! - 1
      if (number < 0) return slot
      const at = key * number
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === length && (length <= keyBytes || this.sameRest(number, view, from, length))) return slot
    }
  }

  private sameRest(number: number, view: DataView, from: number, length: number): boolean {
    const { bytes } = this
    const start = this.starts[number]!
    for (let at = keyBytes; at < length; at++) if (bytes[start + at] !== view.getUint8(from + at)) return false
    return true
  }

  private insert(view: DataView, from: number, length: number, slot: number): void {
    const number = this.size++
    const start = this.starts[number]!
    if (start + length + padding > this.bytes.length) {
      this.bytes = larger(this.bytes, new Uint8Array(2 * this.bytes.length + length))
      this.view = new DataView(this.bytes.buffer)
    }
    this.bytes.set(new Uint8Array(view.buffer, view.byteOffset + from, length), start)
    this.starts[number + 1] = start + length
    const within = Math.min(length, keyBytes)
    this.keys[key * number] = view.getInt32(from, true) & first[within]!
    this.keys[key * number + 1] = view.getInt32(from + 4, true) & second[within]!
    this.keys[key * number + 2] = view.getInt32(from + 8, true) & third[within]!
    this.keys[key * number + 3] = length
    this.slots[slot] = number + 1
    if (2 * this.size >= this.slots.length) this.grow()
  }

  private grow(): void {
    const room = this.slots.length
    this.counts = larger(this.counts, new Uint32Array(room))
    this.keys = larger(this.keys, new Int32Array(key * room))
    this.starts = larger(this.starts, new Float64Array(room + 1))
    this.slots = new Int32Array(2 * room)
    this.shift--
    for (let each = 0; each < this.size; each++) this.slots[this.slotOf(this.view, this.starts[each]!, this.keys[key * each + 3]!)] = each + 1
  }
}

/** Takes in what stands after a word's key. */
function hashRest(hash: number, view: DataView, from: number, length: number): number {
  for (let at = keyBytes; at < length; at += 4) {
    const left = length - at
    hash = Math.imul(hash ^ view.getInt32(from + at, true) & first[left < 4 ? left : 4]!, 0x27d4eb2f)
    hash ^= hash >>> 15
  }
  return hash
}

function larger<A extends Uint8Array | Uint32Array | Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from)
  return to
}
