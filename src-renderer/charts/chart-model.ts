import type { Bounds } from './axis-range'
import type { CurveSource } from './metric-buffer'

/** What a colour stands for; palette.ts finds it in the theme. */
export type Tone = 'train' | 'validation' | 'test' | 'third' | 'muted' | 'danger'

export interface ChartSeries {
  readonly id: string
  readonly label: string
  readonly tone: Tone
  readonly source: CurveSource
  /** Drawn faint under its moving average when the chart is smoothed. */
  readonly smooth?: boolean
  readonly dashed?: boolean
  /** 1, or less for what steps back behind the others. */
  readonly strength?: number
  /** A dot at every point: for curves with few of them. */
  readonly dots?: boolean
}

/** A horizontal line to compare with: a baseline, a clipping threshold. */
export interface ReferenceLine {
  readonly label: string
  readonly value: number
  readonly tone?: Tone
}

/** A point worth naming: the best step. */
export interface ChartMarker {
  readonly label: string
  readonly x: number
  readonly y: number
  readonly tone: Tone
}

/** A vertical line: where a forecast starts. */
export interface ChartDivider {
  readonly label: string
  readonly x: number
}

export interface ChartModel {
  readonly series: readonly ChartSeries[]
  readonly references: readonly ReferenceLine[]
  readonly markers: readonly ChartMarker[]
  readonly dividers: readonly ChartDivider[]
  /** Stretches of x that stand out. */
  readonly bands?: readonly (readonly [from: number, to: number])[]
  readonly logarithmic: boolean
  /** What the axis may not go beyond, whatever room there is to give. */
  readonly bounds?: Bounds
  /** w of the moving average; 0: none. */
  readonly smoothing: number
  readonly formatX: (x: number) => string
  /** An exact value, for the readout and the table. */
  readonly formatY: (y: number) => string
  /** A tick of the y axis. */
  readonly formatTick: (y: number) => string
}

/** What stands under the crosshair: one value a series, exact. */
export interface Readout {
  readonly x: number
  readonly values: readonly { id: string; value: number; x: number }[]
}
