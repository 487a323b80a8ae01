/** Numbers that are kept beyond those kept from the start. */
const mostKept = 2 ** 26

/** What a trace holds ready: some tensors from the start, others since somebody looked at all of them. */
export class KeptTensors {
  private readonly kept = new Map<string, Float32Array>()
  private readonly later = new Set<string>()
  private laterNumbers = 0

  get(name: string): Float32Array | undefined { return this.kept.get(name) }

  /** Room for a tensor that is kept as long as the trace is. */
  begin(name: string, numbers: number): void { this.kept.set(name, new Float32Array(numbers)) }

  /** Whether all of a tensor may be kept later. */
  mayKeep(numbers: number): boolean { return numbers <= mostKept }

  /** Keeps all of a tensor; those kept so before go where there is no room for both. */
  keep(name: string, values: Float32Array): void {
    if (this.laterNumbers + values.length > mostKept) {
      for (const before of this.later) this.kept.delete(before)
      this.later.clear()
      this.laterNumbers = 0
    }
    this.laterNumbers += values.length
    this.later.add(name)
    this.kept.set(name, values)
  }

  clear(): void {
    this.kept.clear()
    this.later.clear()
    this.laterNumbers = 0
  }
}
