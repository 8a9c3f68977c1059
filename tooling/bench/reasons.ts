/**
 * Why a goal is not reached: where the time goes, what was tried, what would be needed. By the measure's name, and
 * `MEASURE: FIGURE` where one figure has a reason of its own. Markdown.
 */
export const reasons: Readonly<Record<string, string>> = {};
