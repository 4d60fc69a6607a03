import { ActivityList } from "../../components/activity_list.tsx";
import { Alert } from "../../components/alert.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { TextField } from "../../components/field.tsx";
import { SelectField } from "../../components/select.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { NOON, Samples } from "./samples.tsx";

/** Components in a language that reads from right to left. */
export function RtlSamples() {
  return (
    <Samples title="Right to left">
      <div dir="rtl" lang="ar" class="grid w-full grid-cols-1 gap-6 sm:grid-cols-2">
        <div class="grid content-start gap-5">
          <Alert kind="warning" action={<Button type="button" size="small">إلغاء الحذف</Button>}>
            ستحذف مساحة العمل قريبا.
          </Alert>
          <TextField
            id="rtl-name"
            name="name"
            label="الاسم"
            hint="يراه جميع الأعضاء."
            value="ترميم بيت الضيافة"
          />
          <TextField id="rtl-address" name="address" label="العنوان" value="acme" suffix=".example.com" />
          <TextField id="rtl-error" name="error" label="البريد" error="أدخل بريدك الإلكتروني." />
          <SelectField
            id="rtl-status"
            name="status"
            label="الحالة"
            options={[{ value: "active", label: "نشط" }]}
            value="active"
          />
          <Checkbox id="rtl-reports" name="reports" label="تقارير شهرية" checked />
          <div class="flex gap-2">
            <Button type="button" variant="primary" icon="arrow-right">حفظ التغييرات</Button>
            <Button type="button">إلغاء</Button>
          </div>
        </div>
        <div class="grid content-start gap-4">
          <Card title="التفاصيل" note="آخر 30 يوما">
            <DescriptionList
              facts={[{ term: "الخطة", value: "Premium" }, { term: "الأعضاء", value: "8" }]}
            />
          </Card>
          <Card flush>
            <Tabs
              label="الحالات"
              tabs={[
                { label: "نشط", count: 20, href: "#right-to-left", current: true },
                { label: "مؤرشف", count: 4, href: "#right-to-left", current: false },
              ]}
            />
            <ActivityList
              activity={[
                { at: NOON, actorName: "أمل الخطيب", summary: "أنشأت المشروع" },
                { at: NOON, actorName: "Imogen Ferreira", actorColor: "pink", summary: "غيرت الوصف" },
              ]}
              now={NOON}
              emptyText=""
            />
          </Card>
        </div>
      </div>
    </Samples>
  );
}
