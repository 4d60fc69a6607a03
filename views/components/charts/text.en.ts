export const en = {
  showTable: "Show as table",
  byPoint: (chart: string) => `${chart}, point by point`,
  tableOf: (chart: string) => `${chart}, as a table`,
  notMeasured: "Not measured",
  aboveChart: (limit: string) => `${limit} (above this chart)`,
  trend: (first: string, last: string) => `From ${first} to ${last} in 30 days`,
};
