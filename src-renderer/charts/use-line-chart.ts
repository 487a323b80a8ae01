import { onBeforeUnmount, onMounted, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'
import type { Domain } from './bucket'
import type { ChartModel, Readout } from './chart-model'
import { LineChartEngine } from './line-chart-engine'
import { onThemeChange } from './palette'

interface Inputs {
  canvas: Readonly<Ref<HTMLCanvasElement | null>>
  model: () => ChartModel
  /** Changes whenever rows were added to the curves. */
  revision: () => number
  hidden: () => ReadonlySet<string>
  view: Ref<Domain | null>
  cursor: Ref<number | null>
}

/** The least part of the breadth that a view may show: finer than one step can't be told apart. */
const FINEST = 1e-6

/** Ties an engine to a component: draws when something changed and can be seen, zooms, reads values out. */
export function useLineChart({ canvas, model, revision, hidden, view, cursor }: Inputs) {
  const engine = shallowRef<LineChartEngine | null>(null)
  const readout = shallowRef<Readout | null>(null)
  const stops: (() => void)[] = []

  const read = () => {
    const current = engine.value
    if (!current) return
    const found = cursor.value === null ? null : current.readout(cursor.value)
    readout.value = found
    current.setCrosshair(found)
  }
  const push = () => {
    engine.value?.set(model(), hidden(), view.value)
    read()
  }

  onMounted(() => {
    const element = canvas.value
    if (!element) return
    const made = new LineChartEngine(element)
    engine.value = made
    const observer = new IntersectionObserver((entries) => made.setVisible(entries.at(-1)?.isIntersecting ?? true))
    observer.observe(element)
    stops.push(() => observer.disconnect(), onThemeChange(() => made.refreshTheme()), () => made.destroy())
    push()
  })
  onBeforeUnmount(() => stops.forEach((stop) => stop()))
  watch([model, revision, hidden, view], push, { flush: 'post' })
  watch(cursor, read, { flush: 'sync' })

  function show(low: number, high: number) {
    const current = engine.value
    if (!current) return
    const [first, last] = current.extent()
    const breadth = Math.max(high - low, (last - first) * FINEST)
    if (breadth >= last - first) view.value = null
    else {
      const from = Math.min(Math.max(low, first), last - breadth)
      view.value = [from, from + breadth]
    }
  }

  /** Shows `factor` times as much, `at` staying where it is. */
  function zoom(factor: number, at?: number) {
    const current = engine.value
    if (!current) return
    const [low, high] = current.domain()
    const centre = at ?? cursor.value ?? (low + high) / 2
    show(centre - (centre - low) * factor, centre + (high - centre) * factor)
  }

  function pan(share: number) {
    const current = engine.value
    if (!current || view.value === null) return
    const [low, high] = current.domain()
    const moved = share * (high - low)
    show(low + moved, high + moved)
  }

  /** Moves the crosshair by whole points, or by pixels where points stand closer than that. */
  function move(direction: 1 | -1, pixels: number) {
    const current = engine.value
    if (!current) return
    const [low, high] = current.domain()
    const pixel = (high - low) / current.plotWidth()
    const from = readout.value?.x ?? (direction > 0 ? low : high)
    for (let distance = pixels; distance <= current.plotWidth(); distance *= 2) {
      const found = current.readout(Math.min(high, Math.max(low, from + direction * distance * pixel)))
      if (found && found.x !== from) {
        cursor.value = found.x
        return
      }
    }
    cursor.value = from
  }

  return { engine, readout, show, zoom, pan, move, reset: () => { view.value = null } }
}
