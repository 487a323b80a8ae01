import { readonly, shallowRef } from 'vue'

export interface Question {
  title: string
  text: string
  /** The verb on the button: "Stop training". */
  confirm: string
  tone?: 'danger' | 'plain'
}

const asked = shallowRef<(Question & { answer: (yes: boolean) => void }) | null>(null)
export const question = readonly(asked)

/** Asks before something that can't be undone. Only one question at a time: an older one is answered "no". */
export function confirm(ask: Question): Promise<boolean> {
  asked.value?.answer(false)
  return new Promise((resolve) => {
    asked.value = {
      ...ask,
      answer: (yes) => {
        asked.value = null
        resolve(yes)
      },
    }
  })
}
