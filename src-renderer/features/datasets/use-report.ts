import { computed, onScopeDispose, ref, shallowReactive, shallowRef, watch } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { Report, ReportKind, ReportOf, ReportRow } from '@shared/rpc/schemas'
import { useDatasets } from '../../stores/datasets'

const pageSize = 200
/** Rows asked for at once when all are taken away. */
const exported = 10_000

/** A report's counts, and its rows page by page as they come into sight. */
export function useReport(of: () => ReportOf, /** changes whenever the report may have */ version: () => string) {
  const datasets = useDatasets()
  const kind = ref<ReportKind | null>(null)
  const find = ref('')
  const summary = shallowRef<Report | null>(null)
  const error = shallowRef<ErrorEnvelope | null>(null)
  const pending = ref(false)
  const rows = shallowReactive(new Map<number, ReportRow>())
  const asked = new Set<number>()
  let turn = 0
  let wait: ReturnType<typeof setTimeout> | undefined

  const question = (from: number, count: number) => ({ of: of(), from, count, kind: kind.value, find: find.value })

  async function begin(): Promise<void> {
    const mine = ++turn
    asked.clear()
    pending.value = true
    try {
      const found = await datasets.report(question(0, pageSize))
      if (mine !== turn) return
      rows.clear()
      asked.add(0)
      found.rows.forEach((row, index) => rows.set(index, row))
      summary.value = found
      error.value = null
    } catch (reason) {
      if (mine === turn) error.value = UnrollError.from(reason).toJSON()
    } finally {
      if (mine === turn) pending.value = false
    }
  }

  /** Asks for the pages of rows from `first` to `last`, once each. */
  async function see(first: number, last: number): Promise<void> {
    const mine = turn
    for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page++) {
      if (asked.has(page)) continue
      asked.add(page)
      try {
        const found = await datasets.report(question(page * pageSize, pageSize))
        if (mine !== turn) return
        found.rows.forEach((row, index) => rows.set(page * pageSize + index, row))
      } catch (reason) {
        asked.delete(page)
        if (mine === turn) error.value = UnrollError.from(reason).toJSON()
      }
    }
  }

  /** All rows that match. @throws UnrollError */
  async function all(): Promise<ReportRow[]> {
    const taken: ReportRow[] = []
    for (;;) {
      const found = await datasets.report(question(taken.length, exported))
      taken.push(...found.rows)
      if (found.rows.length === 0 || taken.length >= found.total) return taken
    }
  }

  watch(() => [JSON.stringify(of()), version()], () => void begin(), { immediate: true })
  watch([kind, find], () => {
    clearTimeout(wait)
    wait = setTimeout(() => void begin(), 200)
  })
  onScopeDispose(() => { clearTimeout(wait); turn++ })

  const listed = computed(() => summary.value?.counts.reduce((sum, { count }) => sum + count, 0) ?? 0)
  return { kind, find, summary, error, pending, rows, listed, see, all, again: begin }
}
