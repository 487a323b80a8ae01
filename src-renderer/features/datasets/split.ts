/** What is wrong with the two shares, in percent; null where nothing is. */
export function splitFault(validation: number | null, test: number | null): { validation: string | null; test: string | null } {
  const faultOf = (name: string, value: number | null) => {
    if (value === null || Number.isNaN(value)) return `${name} must be a number of percent.`
    return value >= 0 && value <= 50 ? null : `${name} must be from 0 to 50 %.`
  }
  const faults = { validation: faultOf('Validation', validation), test: faultOf('Test', test) }
  if (!faults.validation && !faults.test && (validation ?? 0) + (test ?? 0) > 90) faults.test = 'Together they leave less than 10 % to train on.'
  return faults
}
