import { shallowRef, watch } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { Trace } from '@shared/rpc/inspect-schemas'
import { type Sheet, useInspector } from '../../stores/inspector'

/** The numbers of one tensor, fetched when trace or tensor change; until they are there, those before them stay. */
export function useSheet(trace: () => Trace, tensor: () => string) {
  const inspector = useInspector()
  const sheet = shallowRef<Sheet | null>(null)
  const failure = shallowRef<ErrorEnvelope | null>(null)
  watch([trace, tensor], async ([now, name]) => {
    // Of another run or sequence, old numbers would be wrong; of the same one, they only are a moment old.
    if (sheet.value && (sheet.value.runId !== now.runId || sheet.value.tensor !== name)) sheet.value = null
    const current = () => trace() === now && tensor() === name
    try {
      const found = await inspector.sheet(name)
      if (!current()) return
      sheet.value = found
      failure.value = null
    } catch (reason) {
      if (!current()) return
      sheet.value = null
      failure.value = UnrollError.from(reason).toJSON()
    }
  }, { immediate: true })
  return { sheet, failure }
}
