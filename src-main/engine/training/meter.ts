import type { EngineHost } from '../host'

const keptSteps = 50
const keptMs = 2000

/** Time of training without pauses, and how fast the last steps went (at most 50, at most 2 s of them). */
export class Meter {
  private startedAt: number | null = null
  private readonly recent: { ms: number; tokens: number }[] = []

  constructor(private readonly host: EngineHost, private elapsed: number) {}

  start(): void {
    this.startedAt ??= this.host.now()
  }

  pause(): void {
    this.elapsed = this.elapsedMs
    this.startedAt = null
  }

  get elapsedMs(): number {
    return this.elapsed + (this.startedAt === null ? 0 : this.host.now() - this.startedAt)
  }

  /** Counts a step; its time excludes validation, checkpoints and pauses. */
  step(ms: number, tokens: number): void {
    this.recent.push({ ms, tokens })
    let total = this.recent.reduce((sum, one) => sum + one.ms, 0)
    while (this.recent.length > 1 && (this.recent.length > keptSteps || total > keptMs)) total -= this.recent.shift()!.ms
  }

  rates(): { stepsPerSecond: number; tokensPerSecond: number } {
    const seconds = Math.max(1e-6, this.recent.reduce((sum, one) => sum + one.ms, 0) / 1000)
    return { stepsPerSecond: this.recent.length / seconds, tokensPerSecond: this.recent.reduce((sum, one) => sum + one.tokens, 0) / seconds }
  }
}
