import { Random } from '../random'
import type { Layout } from './layouts'
import type { Checkpoint } from './types'

/**
 * Random streams of one seed: what one draws never depends on how much another drew. Dropout and teacher
 * forcing have one a step: `dropout` + step, `forcing` − step.
 */
export const randomStreams = { weights: 0, shuffling: 1, sampling: 2, flow: 3, dropout: 1000, forcing: -1000 } as const

/** Where in which epoch training stands, and the order of that epoch's batches. */
export class Epochs {
  epoch: number
  /** Batches of this epoch already done. */
  batch: number
  order: Int32Array | null = null
  /** State of the generator before this epoch's order was drawn. */
  private atStart: number[] = []
  private readonly random: Random

  constructor(private readonly layout: Layout, seed: number, from?: Checkpoint['progress']) {
    this.epoch = from?.epoch ?? 0
    this.batch = from?.batchInEpoch ?? 0
    this.random = from ? Random.restore(from.random) : new Random(seed, randomStreams.shuffling)
    this.draw()
  }

  get ended(): boolean {
    return this.batch === this.layout.batches
  }

  next(): void {
    this.epoch++
    this.batch = 0
    this.draw()
  }

  progress(): Pick<Checkpoint['progress'], 'epoch' | 'batchInEpoch' | 'random'> {
    return { epoch: this.epoch, batchInEpoch: this.batch, random: this.atStart }
  }

  private draw(): void {
    this.atStart = this.random.save()
    this.order = this.layout.draw(this.random)
  }
}
