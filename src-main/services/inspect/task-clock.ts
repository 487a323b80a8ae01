interface Progress { task: string; done: number; total: number; remainingMs: number | null }

/** Turns how far a piece of work is into how long it still takes, by its pace so far. */
export class TaskClock {
  private readonly started = new Map<string, number>()

  constructor(private readonly emit: (progress: Progress) => void) {}

  start(task: string): void { this.started.set(task, performance.now()) }

  end(task: string): void { this.started.delete(task) }

  tell(task: string, done: number, total: number): void {
    const started = this.started.get(task)
    if (started === undefined || task.startsWith('look-')) return
    this.emit({ task, done, total, remainingMs: done > 0 ? (performance.now() - started) * (total - done) / done : null })
  }
}
