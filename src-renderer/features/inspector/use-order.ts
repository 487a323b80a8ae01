import { computed, onBeforeUnmount, watch } from 'vue'
import type { Sheet } from '../../stores/inspector'
import { LikenessOrder } from './cluster-order'
import { orderUnits, type UnitOrder } from './trace'

/** Milliseconds of an idle frame that are worked ahead. */
const ahead = 4

/** Orders are kept as long as their numbers are: going back and forth costs nothing. */
const likeness = new WeakMap<Sheet, LikenessOrder>()
const others = new WeakMap<Sheet, Map<UnitOrder, Uint32Array>>()

const whenIdle = (work: () => void): (() => void) => {
  if (typeof requestIdleCallback === 'function') {
    const handle = requestIdleCallback(work)
    return () => { cancelIdleCallback(handle) }
  }
  const handle = setTimeout(work, 50)
  return () => { clearTimeout(handle) }
}

/** The rows of a heatmap. The order by likeness is worked out while nobody waits for anything, so that it is there when asked for. */
export function useOrder(sheet: () => Sheet | null, order: () => UnitOrder) {
  let stop = () => {}
  watch(sheet, (now) => {
    stop()
    if (!now) return
    const go = () => {
      const work = likenessOf(now)
      work.work(ahead)
      if (!work.done) stop = whenIdle(go)
    }
    stop = whenIdle(go)
  }, { immediate: true })
  onBeforeUnmount(() => stop())
  return computed(() => {
    const now = sheet()
    return now ? orderOf(now, order()) : new Uint32Array(0)
  })
}

function likenessOf(sheet: Sheet): LikenessOrder {
  let known = likeness.get(sheet)
  if (!known) likeness.set(sheet, known = new LikenessOrder(sheet))
  return known
}

function orderOf(sheet: Sheet, order: UnitOrder): Uint32Array {
  if (order === 'likeness') return likenessOf(sheet).finish()
  let known = others.get(sheet)
  if (!known) others.set(sheet, known = new Map())
  let found = known.get(order)
  if (!found) known.set(order, found = orderUnits(sheet, order))
  return found
}
