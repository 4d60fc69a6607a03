/** Providers with a domain in many countries. */
const PROVIDERS = /^(aol|gmx|hotmail|live|mail|outlook|proton|yahoo|yandex|ymail|zoho)\.[a-z.]+$/;

const DOMAINS = new Set(
  (
    "126.com 163.com att.net bellsouth.net bigpond.com bk.ru bluewin.ch bol.com.br btinternet.com charter.net comcast.net " +
    "cox.net daum.net duck.com earthlink.net email.com email.cz fastmail.com fastmail.fm foxmail.com free.fr freenet.de " +
    "gmail.com googlemail.com guerrillamail.com hanmail.net hey.com home.nl icloud.com inbox.lv inbox.ru interia.pl " +
    "juno.com kakao.com laposte.net libero.it list.ru mac.com mailbox.org mailinator.com me.com mozmail.com msn.com " +
    "naver.com netzero.net o2.pl online.de onet.pl optonline.net optusnet.com.au orange.fr pm.me posteo.de " +
    "privaterelay.appleid.com protonmail.ch protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com rogers.com " +
    "sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com sky.com sohu.com sympatico.ca t-online.de talktalk.net telenet.be " +
    "telus.net terra.com.br tiscali.it tuta.io tutamail.com tutanota.com ukr.net uol.com.br verizon.net virgilio.it " +
    "virginmedia.com wanadoo.fr web.de wp.pl xs4all.nl yopmail.com ziggo.nl"
  ).split(" "),
);

/** Whether anyone can get an address at this domain, so that it says nothing about a company. */
export function isPublicEmailDomain(domain: string): boolean {
  return PROVIDERS.test(domain) || DOMAINS.has(domain);
}

/** The part of a normalized address after the last "@". */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}
