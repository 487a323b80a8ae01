import type { ColourMap } from './colour-map'
import type { HeatmapInk, HeatmapScene } from './heatmap-painter'

/** What a network read at each step where that is numbers: rows of columns, [steps, width]. */
export interface Inputs { readonly width: number; readonly steps: number; readonly values: Float32Array }

/** More columns than these are bands: a spectrogram, the lowest at the bottom. */
const mostCurves = 4
const curveHeight = 40
/** Standard deviations at the ends of the colour scale; inputs are scaled. */
export const laneLimit = 3

/** The sequence along a heatmap's axis: a curve a column, or a spectrogram. */
export class InputLane {
  readonly height: number
  readonly #ranges: { least: number; breadth: number }[] = []
  #picture: HTMLCanvasElement | null = null

  constructor(readonly inputs: Inputs, private readonly colours: ColourMap) {
    const { width, values } = inputs
    this.height = width <= mostCurves ? curveHeight : Math.max(curveHeight, Math.min(80, width))
    for (let column = 0; column < Math.min(width, mostCurves); column++) {
      let [least, most] = [Infinity, -Infinity]
      for (let at = column; at < values.length; at += width) {
        least = Math.min(least, values[at]!)
        most = Math.max(most, values[at]!)
      }
      this.#ranges.push({ least, breadth: most > least ? most - least : 1 })
    }
  }

  /** Draws steps first..end-1 with its upper edge at `y`. */
  paint(context: CanvasRenderingContext2D, scene: HeatmapScene, y: number, first: number, end: number): void {
    if (this.inputs.width <= mostCurves) this.#curves(context, scene, y, first, end)
    else this.#spectrogram(context, scene, y, first, end)
  }

  #curves(context: CanvasRenderingContext2D, { layout, scroll, ink }: HeatmapScene, y: number, first: number, end: number): void {
    const { width, values } = this.inputs
    context.lineWidth = 1.2
    for (let column = width - 1; column >= 0; column--) {
      const { least, breadth } = this.#ranges[column]!
      context.strokeStyle = toneOf(ink, column)
      context.beginPath()
      // One step before and after what is in view, so that the line runs to the edges.
      for (let step = Math.max(0, first - 1); step < Math.min(this.inputs.steps, end + 1); step++) {
        const share = (values[step * width + column]! - least) / breadth
        context.lineTo(layout.left + (step + 0.5) * layout.cellWidth - scroll.x, y + 2 + (1 - share) * (this.height - 4))
      }
      context.stroke()
    }
  }

  #spectrogram(context: CanvasRenderingContext2D, { layout, scroll }: HeatmapScene, y: number, first: number, end: number): void {
    const picture = this.#picture ??= this.#draw()
    const count = Math.min(end, this.inputs.steps) - first
    if (count <= 0) return
    context.imageSmoothingEnabled = false
    context.drawImage(picture, first, 0, count, picture.height, layout.left + first * layout.cellWidth - scroll.x, y, count * layout.cellWidth, this.height)
  }

  /** One pixel a number. */
  #draw(): HTMLCanvasElement {
    const { width, steps, values } = this.inputs
    const canvas = document.createElement('canvas')
    canvas.width = steps
    canvas.height = width
    const context = canvas.getContext('2d')
    if (!context) return canvas
    const picture = context.createImageData(steps, width)
    const words = new Uint32Array(picture.data.buffer)
    for (let step = 0; step < steps; step++) for (let band = 0; band < width; band++) words[(width - 1 - band) * steps + step] = this.colours.packed(values[step * width + band]!)
    context.putImageData(picture, 0, 0)
    return canvas
  }
}

const toneOf = ({ accent, text, faint }: HeatmapInk, column: number): string => [accent, text, faint][column % 3]!
