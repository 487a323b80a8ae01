const previewed = 2000

/** The first 2,000 characters, for a preview. */
export class StartOfText {
  text = ''
  private characters = 0

  add(bytes: Uint8Array): void {
    if (this.characters >= previewed) return
    // A character takes at most four bytes, so the one that may be cut off isn't among these.
    const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, 4 * previewed))
    const some = Array.from(decoded).slice(0, previewed - this.characters)
    this.characters += some.length
    this.text += some.join('')
  }
}
