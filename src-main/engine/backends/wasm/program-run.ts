import { UnrollError } from '@shared/errors'
import { engineHost } from '../../host'
import type { CallList, Stretch } from './call-list'
import type { ControlBlock } from './control-block'
import type { Crew } from './crew'
import type { Kernels } from './kernel-module'

/** Work between two looks at the clock, in multiply-adds: some 0.1 ms. */
const CLOCK_EVERY = 2 ** 21
/** How long a host's messages wait at most: the word to stop is one of them. */
const TURN_EVERY_MS = 30

/** When the host last had its turn; one for all programs of a backend, so that short runs make room for it too. */
export interface Turns {
  last: number
}

export interface RunArguments {
  kernels: Kernels
  crew: Crew
  turns: Turns
  /** The calls of this thread where it does all. */
  alone: CallList
  /** Those of each thread, where the helpers are to do their shares if they can be had. */
  shared: CallList | null
  cancelled: () => boolean
  /** Asked when the body of the program is done: whether the run is to count. */
  counts: () => boolean
}

/** A helper thread has ended in the middle of a run. */
class ThreadLost extends Error {}

/** One run of a program: by this thread, or by it and its helpers, each at its share. */
export class ProgramRun {
  constructor(private readonly args: RunArguments) {}

  /**
   * @returns whether the run counted: `counts()` said so and the last segments were made
   * @throws UnrollError `run.cancelled`
   */
  async run(): Promise<boolean> {
    const { crew, shared } = this.args
    const block = shared ? crew.take() : null
    if (!shared || !block) return this.alone()
    try {
      return await this.together(block, shared)
    } catch (error) {
      if (!(error instanceof ThreadLost)) throw error
      // Nothing of what it did is lost: the inputs are still there, and this thread takes over all shares.
      return await this.alone()
    } finally {
      crew.release()
    }
  }

  private async alone(): Promise<boolean> {
    const { crew, alone: { shares }, cancelled, counts } = this.args
    await this.execute(shares[0]![0]!, crew.alone, false)
    if (cancelled()) givenUp()
    if (!counts()) return false
    await this.commitAlone()
    return true
  }

  private async commitAlone(): Promise<void> {
    const { crew, alone: { shares, body } } = this.args
    for (const segment of shares[0]!.slice(body)) await this.execute(segment, crew.alone, true)
  }

  private async together(block: ControlBlock, { shares, body, table, threads }: CallList): Promise<boolean> {
    const { crew, cancelled, counts } = this.args
    const own = shares[0]!
    block.begin(table)
    let committing = false
    let lost = false
    try {
      for (let segment = 0; segment < own.length; segment++) {
        if (segment > 0) {
          await this.others(() => block.othersArrived(segment - 1, threads), committing)
          if (segment === body) {
            if (cancelled()) givenUp()
            if (!counts()) return false
            committing = true
          }
          block.pass()
        }
        await this.execute(own[segment]!, crew.control, committing)
      }
      await this.others(() => block.othersDone(threads), committing)
      if (!committing) {
        if (cancelled()) givenUp()
        return counts()
      }
    } catch (error) {
      if (!(error instanceof ThreadLost && committing)) throw error
      lost = true
    } finally {
      await this.settle(block, threads)
    }
    // What is written last are copies of what the body made: they can be written again.
    if (lost) await this.commitAlone()
    return true
  }

  /** Sees to it that no helper is at work any more. */
  private async settle(block: ControlBlock, threads: number): Promise<void> {
    const { crew } = this.args
    if (crew.whole && block.othersDone(threads)) return
    block.giveUp()
    while (crew.whole && !block.othersDone(threads)) await engineHost.yieldToHost()
    if (!crew.whole) await crew.disband()
  }

  /** Waits for the other threads, in turns with the host. */
  private async others(there: () => boolean, committing: boolean): Promise<void> {
    while (!there()) {
      if (!committing && this.args.cancelled()) givenUp()
      await this.turn()
      if (!this.args.crew.whole) throw new ThreadLost()
    }
  }

  private async execute({ start, end }: Stretch, control: number, committing: boolean): Promise<void> {
    const { kernels, cancelled } = this.args
    for (let at = start; at < end;) {
      if (!committing && cancelled()) givenUp()
      at = kernels.execute(at, end, CLOCK_EVERY, control)
      if (at < end) await this.turn()
    }
  }

  private async turn(): Promise<void> {
    const { turns } = this.args
    if (engineHost.now() - turns.last < TURN_EVERY_MS) return
    await engineHost.yieldToHost()
    turns.last = engineHost.now()
  }
}

function givenUp(): never {
  throw new UnrollError('run.cancelled', 'The run was given up between two kernels; no variable has changed.')
}
