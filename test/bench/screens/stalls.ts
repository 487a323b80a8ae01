import { type ChildProcess, spawn } from 'node:child_process'

/** A gap this long between two ticks of a process that does nothing is the machine's, not the app's. */
const stallMs = 20

/** Watches from a process of its own whether the machine gives it its turn: what frames are lost while it doesn't say nothing of the app. */
export class MachineStalls {
  readonly #child: ChildProcess
  readonly #stalls: { from: number; to: number }[] = []

  constructor() {
    const program = `let last = Date.now(); setInterval(() => { const now = Date.now(); if (now - last > ${stallMs}) console.log(last + ' ' + now); last = now }, 4)`
    this.#child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.trim().split('\n')) {
        const [from, to] = line.split(' ').map(Number)
        this.#stalls.push({ from: from!, to: to! })
      }
    })
  }

  /** Whether the machine stood still at some time in [from, to], in ms since 1970. */
  between(from: number, to: number): boolean {
    return this.#stalls.some((stall) => stall.from < to && stall.to > from)
  }

  end(): void { this.#child.kill() }
}
