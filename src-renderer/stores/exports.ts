import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { Params } from '@shared/rpc/contract'
import type { Exported } from '@shared/rpc/schemas'
import { useHost } from '../rpc/use-host'
import { useToasts } from '../shell/toasts'

export type ExportQuestion = Params<'export.create'>

interface Export {
  exported: Exported | null
  error: ErrorEnvelope | null
  pending: boolean
}

const keyOf = ({ id, format, weights }: ExportQuestion) => `${id}/${format}/${format === 'experiment' ? '' : weights ?? 'best'}`

/** Files made from runs: written, checked, then handed to the user by the host. */
export const useExports = defineStore('exports', () => {
  const host = useHost()
  const toasts = useToasts()
  const made = shallowReactive(new Map<string, Export>())

  const find = (question: ExportQuestion): Export | null => made.get(keyOf(question)) ?? null

  /** Makes the file and offers it to be saved. */
  async function create(question: ExportQuestion): Promise<void> {
    const key = keyOf(question)
    if (made.get(key)?.pending) return
    made.set(key, { exported: null, error: null, pending: true })
    try {
      const exported = await host.rpc.call('export.create', question)
      made.set(key, { exported, error: null, pending: true })
      await save(exported)
      made.set(key, { exported, error: null, pending: false })
    } catch (reason) {
      made.set(key, { exported: made.get(key)?.exported ?? null, error: UnrollError.from(reason).toJSON(), pending: false })
    }
  }

  /** @throws UnrollError when it can't be saved; a dismissed dialog is no error */
  async function save(exported: Exported): Promise<void> {
    if (await host.saveExport(exported)) toasts.success(`Saved ${exported.fileName}.`, exported.verified)
  }

  async function saveAgain(question: ExportQuestion): Promise<void> {
    const known = find(question)
    if (!known?.exported || known.pending) return
    try {
      await save(known.exported)
    } catch (reason) {
      made.set(keyOf(question), { ...known, error: UnrollError.from(reason).toJSON() })
    }
  }

  return { find, create, saveAgain }
})
