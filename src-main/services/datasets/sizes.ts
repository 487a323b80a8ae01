import type { Dataset } from '@shared/rpc/schemas'
import type { PreparedDataset } from '../../data/prepared-dataset'

/** What a dataset's entry tells of its prepared data. */
export const sizesOf = ({ summary, length, inputSize, outputSize }: PreparedDataset): Pick<Dataset, 'summary' | 'length' | 'inputSize' | 'outputSize'> => ({ summary, length, inputSize, outputSize })
