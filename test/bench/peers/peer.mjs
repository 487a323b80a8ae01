import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A peer's process, asked one question at a time (worker.mjs). */
export class Peer {
  constructor(name, command, args, env = {}) {
    this.name = name
    // A variable that is undefined here is taken out of the environment.
    const environment = Object.fromEntries(Object.entries({ ...process.env, ...env }).filter(([, value]) => value !== undefined))
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: environment })
    this.said = ''
    this.child.stderr.on('data', (data) => { this.said = (this.said + data).slice(-2000) })
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
    this.child.on('error', (error) => { this.said = error.message })
    this.child.stdin.on('error', () => {})
  }

  /** The answer, or { cannot: why }. */
  async ask(question, patience = 60_000) {
    this.child.stdin.write(`${JSON.stringify(question)}\n`)
    let timer
    const late = new Promise((resolve) => { timer = setTimeout(() => resolve({ late: true }), patience) })
    const next = await Promise.race([this.lines.next(), late])
    clearTimeout(timer)
    if (next.late) {
      this.child.kill()
      return { cannot: `no answer in ${patience / 1000} s` }
    }
    if (next.done) return { cannot: this.said.trim().split('\n').at(-1) || 'it ended' }
    return JSON.parse(next.value)
  }

  end() {
    this.child.stdin.end()
    this.child.kill()
  }
}
