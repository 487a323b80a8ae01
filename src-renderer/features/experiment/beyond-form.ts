import type { Experiment } from '@shared/experiment/schema'
import { draftOf, experimentOf } from './draft'

/** Keys that the form keeps in a way of its own: how long is set as epochs or as steps. */
const kept = new Set(['epochs', 'maxSteps'])

/**
 * What a file says about model and training that the form has no field for, so that taking it over would change it unseen.
 * @param base the experiment whose remaining keys the form goes on with
 */
export function beyondForm(read: Experiment, base: Experiment): { path: string; message: string }[] {
  const made = experimentOf(draftOf(read), base)
  return (['model', 'training'] as const).flatMap((section) => {
    const [wanted, held] = [read[section], made[section] ?? {}] as [Record<string, unknown>, Record<string, unknown>]
    return Object.keys(wanted).filter((key) => !kept.has(key) && JSON.stringify(wanted[key]) !== JSON.stringify(held[key])).map((key) => {
      const found = JSON.stringify(wanted[key])
      return { path: `${section}.${key}`, message: `${section}.${key} ${found} has no field in this form, which would make it ${JSON.stringify(held[key])}.` }
    })
  })
}
