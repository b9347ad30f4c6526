/** @module The kinds of numbers in metrics. */
import { z } from "zod";

/** Any finite number. */
export const finite: z.ZodNumber = z.number();
/** A size of an error. */
export const error: z.ZodNumber = finite.nonnegative();
/** A time, or null when it was not reached. */
export const moment: z.ZodType<number | null> = finite.nonnegative().nullable();
